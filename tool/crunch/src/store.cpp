// SPDX-License-Identifier: ISC
#include "store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "compress.hpp"
#include "mirage/http/media_type.hpp"

namespace mirage::crunch_generator {

namespace {

struct computed {
  outcome<std::string> content;
  sha256_digest digest{};
  variants compressed;
};

computed compute(const source_file& file, forms wanted) {
  computed result{.content = read_file(file.path), .digest = {}, .compressed = {}};
  if (!result.content) return result;
  result.digest = sha256::of(as_bytes(*result.content));
  if (wanted == forms::compressed && result.content->size() <= greatest_store)
    result.compressed = make_variants(*result.content, http::media_type(file.key));
  return result;
}

std::vector<computed> compute_all(const std::vector<source_file>& files, forms wanted) {
  std::vector<computed> all(files.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < files.size(); i = next++) all[i] = compute(files[i], wanted);
  };
  const std::size_t workers =
      std::min<std::size_t>(std::max(1U, std::thread::hardware_concurrency()), files.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < workers; ++i) threads.emplace_back(work);
  work();
  threads.clear();  // joins
  return all;
}

// Places bytes in the store. A large value begins a page, so that a driver that sends it from the page cache
// touches no more pages than it fills; small values fill the gaps before them.
class packing {
 public:
  explicit packing(store& made) noexcept : data_(made.data), alignment_(made.alignment) {}

  extent place(std::string_view bytes) { return {offset_for(bytes), bytes.size()}; }

 private:
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t large = 4 * page;
  static constexpr std::size_t least_gap = 64;

  std::size_t offset_for(std::string_view bytes) {
    if (bytes.size() < large) {
      const auto gap = std::ranges::find_if(gaps_, [&](auto& each) { return each.size >= bytes.size(); });
      if (gap != gaps_.end()) return fill(gap, bytes);
    } else {
      begin_page();
    }
    data_ += bytes;
    return data_.size() - bytes.size();
  }

  void begin_page() {
    alignment_ = page;
    const std::size_t rest = (page - data_.size() % page) % page;
    if (rest >= least_gap) gaps_.push_back({data_.size(), rest});
    data_.append(rest, '\0');
  }

  std::size_t fill(std::vector<extent>::iterator gap, std::string_view bytes) {
    const std::size_t offset = gap->offset;
    data_.replace(offset, bytes.size(), bytes);
    gap->offset += bytes.size();
    gap->size -= bytes.size();
    if (gap->size < least_gap) gaps_.erase(gap);
    return offset;
  }

  std::string& data_;
  std::size_t& alignment_;
  std::vector<extent> gaps_;
};

}  // namespace

std::string entity_tag(const sha256_digest& digest) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  constexpr std::size_t bits = 128;
  std::string tag = "\"";
  for (std::size_t at = 0; at < bits; at += 6) {
    unsigned group = 0;
    for (std::size_t i = at; i < at + 6; ++i) {
      const unsigned bit = i < bits ? std::to_integer<unsigned>(digest[i / 8]) >> (7 - i % 8) & 1U : 0U;
      group = group << 1U | bit;
    }
    tag += letters[group];
  }
  return tag + "\"";
}

outcome<store> make_store(const std::vector<source_file>& files, forms wanted) {
  const std::vector<computed> all = compute_all(files, wanted);
  store made;
  packing packed(made);
  std::map<sha256_digest, std::size_t> known;  // digest -> position in entries
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!all[i].content) return std::unexpected(all[i].content.error());
    made.entries.push_back({.key = files[i].key,
                            .content_type = http::media_type(files[i].key),
                            .etag = entity_tag(all[i].digest),
                            .digest_offset = made.data.size(),
                            .identity = {},
                            .gzip = {},
                            .brotli = {}});
    made.data += as_text(all[i].digest);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    store_entry& entry = made.entries[i];
    const auto [other, first] = known.try_emplace(all[i].digest, i);
    // The same bytes under a name of another type may have other variants.
    const store_entry& same = made.entries[other->second];
    if (!first && same.content_type == entry.content_type) {
      entry.identity = same.identity;
      entry.gzip = same.gzip;
      entry.brotli = same.brotli;
      continue;
    }
    entry.identity = first ? packed.place(*all[i].content) : same.identity;
    entry.gzip = packed.place(all[i].compressed.gzip);
    entry.brotli = packed.place(all[i].compressed.brotli);
    if (made.data.size() > greatest_store)
      return std::unexpected(failure{fmt::format(
          "the folder has more than {} MiB, which is too much for an image; put it on a block device",
          greatest_store >> 20U)});
  }
  return made;
}

}  // namespace mirage::crunch_generator
