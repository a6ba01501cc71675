// SPDX-License-Identifier: ISC
#include "mirage/crunch.hpp"

#include <algorithm>
#include <cstring>

namespace mirage {

using v1::kv_error;

namespace {

// Whether `key` lies below `dictionary`; the empty one is the root.
bool is_below(std::string_view key, std::string_view dictionary) noexcept {
  if (dictionary.empty()) return true;
  return key.size() > dictionary.size() && key.starts_with(dictionary) && key[dictionary.size()] == '/';
}

// Orders keys against "DICTIONARY/" without making that text.
bool comes_before(std::string_view key, std::string_view dictionary) noexcept {
  const int order = key.compare(0, dictionary.size(), dictionary);
  if (order != 0) return order < 0;
  return key.size() == dictionary.size() || static_cast<unsigned char>(key[dictionary.size()]) < '/';
}

}  // namespace

result<const crunch_entry*, kv_error> crunch_store::value(std::string_view key) const noexcept {
  if (const crunch_entry* entry = index_->find(key)) return entry;
  if (!v1::is_key(key)) return fail(kv_error::bad_key);
  return fail(below(key).empty() ? kv_error::not_found : kv_error::value_expected);
}

std::span<const crunch_entry> crunch_store::below(std::string_view dictionary) const noexcept {
  if (dictionary.empty()) return index_->entries;
  const auto first = std::ranges::partition_point(index_->entries, [dictionary](const crunch_entry& entry) {
    return comes_before(entry.key, dictionary);
  });
  const auto last = std::find_if_not(first, index_->entries.end(), [dictionary](const crunch_entry& entry) {
    return is_below(entry.key, dictionary);
  });
  return {first, last};
}

ready<result<buffer, kv_error>> crunch_store::get(std::string_view key) noexcept {
  const auto found = value(key);
  if (!found) return fail(found.error());
  return buffer::from_static((*found)->asset.identity);
}

ready<result<buffer, kv_error>> crunch_store::get(std::string_view key, std::uint64_t offset,
                                                  std::size_t length) noexcept {
  const auto found = value(key);
  if (!found) return fail(found.error());
  const cbytes whole = (*found)->asset.identity;
  const cbytes rest = whole.subspan(offset < whole.size() ? static_cast<std::size_t>(offset) : whole.size());
  return buffer::from_static(rest.first(std::min(length, rest.size())));
}

ready<result<std::uint64_t, kv_error>> crunch_store::size(std::string_view key) noexcept {
  const auto found = value(key);
  if (!found) return fail(found.error());
  return std::uint64_t{(*found)->asset.identity.size()};
}

ready<result<wall_time, kv_error>> crunch_store::last_modified(std::string_view key) noexcept {
  const auto found = value(key);
  if (!found) return fail(found.error());
  return (*found)->asset.last_modified;
}

ready<result<v1::kv_digest, kv_error>> crunch_store::digest(std::string_view key) noexcept {
  const auto found = value(key);
  if (!found) return fail(found.error());
  v1::kv_digest copy;
  std::memcpy(copy.data(), (*found)->digest, copy.size());
  return copy;
}

ready<result<std::vector<v1::kv_item>, kv_error>> crunch_store::list(std::string_view dictionary) {
  if (!dictionary.empty()) {
    if (!v1::is_key(dictionary)) return fail(kv_error::bad_key);
    if (index_->find(dictionary) != nullptr) return fail(kv_error::dictionary_expected);
  }
  const std::span<const crunch_entry> entries = below(dictionary);
  if (entries.empty() && !dictionary.empty()) return fail(kv_error::not_found);

  std::vector<v1::kv_item> items;
  const std::size_t prefix = dictionary.empty() ? 0 : dictionary.size() + 1;
  for (const crunch_entry& entry : entries) {
    const std::string_view rest = entry.key.substr(prefix);
    const std::string_view name = rest.substr(0, rest.find('/'));
    const bool is_dictionary = name.size() != rest.size();
    // What is in one dictionary stands together.
    if (items.empty() || items.back().name != name) items.push_back({std::string(name), is_dictionary});
  }
  // Whole keys are sorted with the `/` behind a name ("a-b" before "a/c"), names without it.
  std::ranges::sort(items, {}, &v1::kv_item::name);
  return items;
}

}  // namespace mirage
