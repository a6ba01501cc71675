// SPDX-License-Identifier: ISC
#include "mirage/dns/name.hpp"

#include <algorithm>

#include "ascii.hpp"
#include "mirage/core/format.hpp"
#include "mirage/core/hash.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t length_of(const std::byte* label) noexcept { return static_cast<std::size_t>(*label); }

bool equal_octets(const std::byte* a, const std::byte* b, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  return true;
}

/// Where each label begins, from the first to the last before the root.
struct label_starts {
  explicit label_starts(name_view of) noexcept {
    for (; !of.is_root(); of = of.parent()) at[count++] = of.data();
  }
  std::array<const std::byte*, most_labels> at;
  unsigned count = 0;
};

std::weak_ordering compare_labels(const std::byte* a, const std::byte* b) noexcept {
  const std::size_t length_a = length_of(a);
  const std::size_t length_b = length_of(b);
  for (std::size_t i = 1; i <= std::min(length_a, length_b); ++i)
    if (const auto order = to_lower(a[i]) <=> to_lower(b[i]); order != 0) return order;
  return length_a <=> length_b;
}

void format_octet(text_writer& out, std::byte octet) noexcept {
  const auto value = static_cast<unsigned char>(octet);
  constexpr std::string_view special = ".\\\"();@$";
  if (value <= ' ' || value > '~') {
    format_to(out, "\\{:03}", unsigned{value});
  } else {
    if (special.find(static_cast<char>(value)) != std::string_view::npos) out.append('\\');
    out.append(static_cast<char>(value));
  }
}

/// Takes one octet from the front of the text, which is not empty; `\` begins an escape.
std::optional<std::byte> take_octet(std::string_view& text) noexcept {
  const char first = text.front();
  text.remove_prefix(1);
  if (first != '\\') return static_cast<std::byte>(first);
  if (text.empty()) return std::nullopt;
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (!digit(0)) {
    const char octet = text.front();
    text.remove_prefix(1);
    return static_cast<std::byte>(octet);
  }
  if (!digit(1) || !digit(2)) return std::nullopt;
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  text.remove_prefix(3);
  if (value > 255) return std::nullopt;
  return static_cast<std::byte>(value);
}

}  // namespace

std::string_view describe(name_error error) noexcept {
  switch (error) {
    case name_error::empty: return "a name is missing";
    case name_error::empty_label: return "a label of the name is empty";
    case name_error::label_too_long: return "a label of the name is longer than 63 octets";
    case name_error::name_too_long: return "the name is longer than 255 octets";
    case name_error::bad_escape:
      return "a backslash in the name is not followed by three digits or a character";
  }
  return "this is not a name";
}

std::optional<name_view> name_view::front_of(cbytes wire) noexcept {
  for (std::size_t at = 0; at < wire.size() && at < longest_name;) {
    const std::size_t length = length_of(wire.data() + at);
    if (length > longest_label) return std::nullopt;
    if (length == 0) return trusted(wire.first(at + 1));
    at += 1 + length;
  }
  return std::nullopt;
}

unsigned name_view::labels() const noexcept {
  unsigned count = 0;
  for (name_view rest = *this; !rest.is_root(); rest = rest.parent()) ++count;
  return count;
}

name_view name_view::suffix(unsigned count) const noexcept {
  name_view rest = *this;
  for (unsigned have = labels(); have > count; --have) rest = rest.parent();
  return rest;
}

bool name_view::is_within(name_view zone) const noexcept {
  name_view rest = *this;
  while (rest.size() > zone.size()) rest = rest.parent();
  return rest == zone;
}

std::uint64_t name_view::hash(std::uint64_t seed) const noexcept {
  std::uint64_t hash = seed;
  std::size_t at = 0;
  for (; at + 8 <= size_; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data_ + at, 8);
    hash = hash_mix(hash, to_lower(word));
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, data_ + at, size_ - at);
  return hash_mix(hash, to_lower(rest));
}

// A length is never a letter, so the octets can be folded without regard to where labels begin.
bool operator==(name_view a, name_view b) noexcept {
  return a.size_ == b.size_ && equal_octets(a.data_, b.data_, a.size_);
}

std::weak_ordering operator<=>(name_view a, name_view b) noexcept {
  const label_starts labels_a(a);
  const label_starts labels_b(b);
  const unsigned shared = std::min(labels_a.count, labels_b.count);
  for (unsigned i = 1; i <= shared; ++i) {
    const auto order = compare_labels(labels_a.at[labels_a.count - i], labels_b.at[labels_b.count - i]);
    if (order != 0) return order;
  }
  return labels_a.count <=> labels_b.count;
}

void format(text_writer& out, name_view name) noexcept {
  if (name.is_root()) out.append('.');
  for (; !name.is_root(); name = name.parent()) {
    for (const std::byte octet : name.label()) format_octet(out, octet);
    out.append('.');
  }
}

result<name, name_error> name::parse(std::string_view text, name_view origin) noexcept {
  if (text.empty()) return fail(name_error::empty);
  name made;
  if (text == ".") return made;
  std::size_t start = 0;  // of the label that is being read
  std::size_t end = 1;
  bool absolute = false;
  while (!text.empty()) {
    if (text.front() == '.') {
      text.remove_prefix(1);
      if (end == start + 1) return fail(name_error::empty_label);
      made.octets_[start] = static_cast<std::byte>(end - start - 1);
      start = end++;
      absolute = text.empty();
      if (end > longest_name) return fail(name_error::name_too_long);
      continue;
    }
    const auto octet = take_octet(text);
    if (!octet) return fail(name_error::bad_escape);
    if (end - start > longest_label) return fail(name_error::label_too_long);
    if (end + 1 > longest_name) return fail(name_error::name_too_long);
    made.octets_[end++] = *octet;
  }
  if (absolute) {
    made.octets_[start] = std::byte{0};
    made.size_ = static_cast<std::uint8_t>(end);
    return made;
  }
  made.octets_[start] = static_cast<std::byte>(end - start - 1);
  if (end + origin.size() > longest_name) return fail(name_error::name_too_long);
  std::memcpy(made.octets_.data() + end, origin.data(), origin.size());
  made.size_ = static_cast<std::uint8_t>(end + origin.size());
  return made;
}

bool name::prepend(cbytes label) noexcept {
  if (label.empty() || label.size() > longest_label || size_ + label.size() + 1 > longest_name) return false;
  std::memmove(octets_.data() + label.size() + 1, octets_.data(), size_);
  octets_[0] = static_cast<std::byte>(label.size());
  std::memcpy(octets_.data() + 1, label.data(), label.size());
  size_ = static_cast<std::uint8_t>(size_ + label.size() + 1);
  return true;
}

std::optional<name> name::join(cbytes front, name_view back) noexcept {
  if (front.size() + back.size() > longest_name) return std::nullopt;
  name made;
  std::copy(front.begin(), front.end(), made.octets_.begin());
  std::memcpy(made.octets_.data() + front.size(), back.data(), back.size());
  made.size_ = static_cast<std::uint8_t>(front.size() + back.size());
  return made;
}

void name::lower() noexcept {
  for (std::size_t i = 0; i < size_; ++i) octets_[i] = to_lower(octets_[i]);
}

}  // namespace mirage::dns
