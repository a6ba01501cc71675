// SPDX-License-Identifier: ISC
#include <algorithm>
#include <cstring>
#include <utility>

#include "ascii.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/rdata.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t greatest_message = 65535;
constexpr std::size_t pointer_reach = 0x4000;

/// A hash of each ending of a name, from the whole name to its last label.
class ending_hashes {
 public:
  explicit ending_hashes(name_view of) noexcept : of_(of) {
    std::size_t at = 0;
    for (; at + 1 < of.size(); at += 1 + static_cast<std::size_t>(of.data()[at]))
      starts_[count_++] = static_cast<std::uint8_t>(at);
    std::uint32_t sum = 0;
    std::size_t end = at;
    for (unsigned i = count_; i-- > 0; end = starts_[i]) {
      for (std::size_t j = starts_[i]; j < end; ++j)
        sum = (sum ^ static_cast<std::uint32_t>(to_lower(of.data()[j]))) * 16777619u;
      hashes_[i] = static_cast<std::uint16_t>(sum >> 16 ^ sum);
    }
  }
  [[nodiscard]] unsigned count() const noexcept { return count_; }
  [[nodiscard]] std::size_t start(unsigned i) const noexcept { return starts_[i]; }
  [[nodiscard]] std::uint16_t hash(unsigned i) const noexcept { return hashes_[i]; }
  [[nodiscard]] name_view ending(unsigned i) const noexcept {
    return name_view::trusted(of_.wire().subspan(starts_[i]));
  }

 private:
  name_view of_;
  unsigned count_ = 0;
  // Only as many as are counted have a value: this is made for every name that is written.
  std::array<std::uint8_t, most_labels> starts_;
  std::array<std::uint16_t, most_labels> hashes_;
};

}  // namespace

message_writer::message_writer(bytes space) noexcept
    : space_(space.first(std::min(space.size(), greatest_message))) {
  require(space.size() >= header::size, "a DNS message has no room for its header");
  std::memset(space_.data(), 0, header::size);
}

std::size_t message_writer::room() const noexcept {
  const std::size_t left = space_.size() - size_;
  return left > reserved_ ? left - reserved_ : 0;
}

void message_writer::set_header(const header& head) noexcept { head.store(space_.data()); }

bool message_writer::add(const question& asked) noexcept {
  return add_question(asked.subject, asked.type, asked.in_class);
}

bool message_writer::add_question(name_view subject, record_type type, record_class in_class) noexcept {
  const mark before = now();
  std::array<std::byte, 4> fixed;
  store_be16(fixed.data(), static_cast<std::uint16_t>(type));
  store_be16(fixed.data() + 2, static_cast<std::uint16_t>(in_class));
  if (!append_name(subject, true) || !append(fixed)) {
    go_back(before);
    return false;
  }
  added(section::question);
  return true;
}

bool message_writer::add_record(section where, name_view owner, record_type type, record_class in_class,
                                std::uint32_t ttl, cbytes rdata) noexcept {
  const mark before = now();
  std::array<std::byte, 10> fixed;
  store_be16(fixed.data(), static_cast<std::uint16_t>(type));
  store_be16(fixed.data() + 2, static_cast<std::uint16_t>(in_class));
  store_be32(fixed.data() + 4, ttl);
  if (append_name(owner, true) && append(fixed)) {
    const std::size_t start = size_;
    if (append_rdata(type, rdata)) {
      store_be16(space_.data() + start - 2, static_cast<std::uint16_t>(size_ - start));
      added(where);
      return true;
    }
  }
  go_back(before);
  return false;
}

bool message_writer::append_rdata(record_type type, cbytes rdata) noexcept {
  for (const char field : rdata_layout(type)) {
    if (field != 'N') {
      // Only the types of RFC 1035 have names to share, and those have few fields of fixed size beside them.
      std::size_t octets = rdata.size();
      if (field == '2' || field == '4' || field == 't') octets = field == '2' ? 2 : 4;
      octets = std::min(octets, rdata.size());
      if (!append(rdata.first(octets))) return false;
      rdata = rdata.subspan(octets);
      if (rdata.empty()) return true;
      continue;
    }
    const auto found = name_view::front_of(rdata);
    require(found.has_value(), "the data of a DNS record is not valid for its type");
    if (!append_name(*found, true)) return false;
    rdata = rdata.subspan(found->size());
  }
  return append(rdata);
}

bool message_writer::add_prepared(section where, unsigned count, cbytes records) noexcept {
  const auto type = static_cast<record_type>(load_be16(records.data() + 2));
  if (!rdata_layout(type).contains('N')) {
    if (!append(records)) return false;
    added(where, count);
    return true;
  }
  return add_one_by_one(where, count, records, nullptr);
}

bool message_writer::add_prepared(section where, unsigned count, cbytes records, name_view owner) noexcept {
  return add_one_by_one(where, count, records, &owner);
}

bool message_writer::add_one_by_one(section where, unsigned count, cbytes records,
                                    const name_view* owner) noexcept {
  const mark before = now();
  for (unsigned i = 0; i < count; ++i) {
    const std::size_t rdata_size = load_be16(records.data() + 10);
    const auto type = static_cast<record_type>(load_be16(records.data() + 2));
    const bool owned = owner == nullptr ? append(records.first(2)) : append_name(*owner, true);
    const bool begun = owned && append(records.subspan(2, 10));
    const std::size_t start = size_;
    if (!begun || !append_rdata(type, records.subspan(12, rdata_size))) {
      go_back(before);
      return false;
    }
    store_be16(space_.data() + start - 2, static_cast<std::uint16_t>(size_ - start));
    records = records.subspan(12 + rdata_size);
  }
  added(where, count);
  return true;
}

bool message_writer::add_edns(const edns& what) noexcept {
  const mark before = now();
  std::array<std::byte, 11> fixed{};
  store_be16(fixed.data() + 1, static_cast<std::uint16_t>(record_type::opt));
  store_be16(fixed.data() + 3, what.payload);
  fixed[5] = static_cast<std::byte>(what.extended_code);
  fixed[6] = static_cast<std::byte>(what.version);
  fixed[7] = what.dnssec_ok ? std::byte{0x80} : std::byte{0};
  store_be16(fixed.data() + 9, static_cast<std::uint16_t>(what.options.size()));
  if (!append(fixed) || !append(what.options)) {
    go_back(before);
    return false;
  }
  added(section::additional);
  return true;
}

void message_writer::go_back(const mark& to) noexcept {
  size_ = to.size;
  shared_count_ = to.shared;
  counts_ = to.counts;
}

cbytes message_writer::finish() noexcept {
  for (std::size_t i = 0; i < counts_.size(); ++i) store_be16(space_.data() + 4 + 2 * i, counts_[i]);
  return space_.first(size_);
}

void message_writer::added(section where, unsigned records) noexcept {
  auto& count = counts_[static_cast<std::size_t>(where)];
  count = static_cast<std::uint16_t>(count + records);
}

bool message_writer::append_question(cbytes octets, name_view subject) noexcept {
  if (!append(octets)) return false;
  question_ = subject;
  added(section::question);
  return true;
}

bool message_writer::append(cbytes octets) noexcept {
  if (octets.size() > room()) return false;
  if (!octets.empty()) std::memcpy(space_.data() + size_, octets.data(), octets.size());
  size_ += octets.size();
  return true;
}

bool message_writer::append_name(name_view what, bool compress) noexcept {
  if (!compress) return append(what.wire());
  if (!question_.is_root()) remember(std::exchange(question_, {}), header::size);
  const ending_hashes known(what);
  unsigned written = 0;  // labels before what is shared
  std::optional<std::uint16_t> target;
  for (; written < known.count(); ++written) {
    target = find(known.ending(written), known.hash(written));
    if (target) break;
  }
  const std::size_t front = target ? known.start(written) : what.size() - 1;
  const std::size_t last = target ? 2 : 1;
  if (front + last > room()) return false;
  const std::size_t start = size_;
  std::memcpy(space_.data() + start, what.data(), front);
  if (target)
    store_be16(space_.data() + start + front, static_cast<std::uint16_t>(0xc000u | *target));
  else
    space_[start + front] = std::byte{0};
  size_ += front + last;
  for (unsigned i = 0; i < written; ++i) remember(start + known.start(i), known.hash(i));
  return true;
}

void message_writer::remember(name_view what, std::size_t at) noexcept {
  const ending_hashes known(what);
  for (unsigned i = 0; i < known.count(); ++i) remember(at + known.start(i), known.hash(i));
}

void message_writer::remember(std::size_t at, std::uint16_t hash) noexcept {
  if (at < pointer_reach && shared_count_ < most_shared)
    shared_[shared_count_++] = {static_cast<std::uint16_t>(at), hash};
}

std::optional<std::uint16_t> message_writer::find(name_view what, std::uint16_t hash) const noexcept {
  for (std::size_t i = 0; i < shared_count_; ++i)
    if (shared_[i].hash == hash && stands_at(shared_[i].at, what)) return shared_[i].at;
  return std::nullopt;
}

// What was written here is well-formed, so pointers lead back and names end.
bool message_writer::stands_at(std::size_t at, name_view what) const noexcept {
  while (true) {
    const auto length = static_cast<std::size_t>(space_[at]);
    if (length >= 0xc0) {
      at = load_be16(space_.data() + at) & (pointer_reach - 1);
      continue;
    }
    if (length != what.label().size()) return false;
    if (length == 0) return true;
    for (std::size_t i = 0; i < length; ++i)
      if (to_lower(space_[at + 1 + i]) != to_lower(what.label()[i])) return false;
    at += 1 + length;
    what = what.parent();
  }
}

}  // namespace mirage::dns
