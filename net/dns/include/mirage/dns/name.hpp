// SPDX-License-Identifier: ISC
// Domain names in wire form: labels of 1 to 63 octets with their length in front, ended by the empty one, at
// most 255 octets together (RFC 1035 §3.1, §2.3.4). Any octet may stand in a label. Names are equal without
// regard to the case of ASCII letters, which they keep (RFC 4343), and ordered canonically (RFC 4034 §6.1).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage::dns {

inline constexpr std::size_t longest_name = 255;
inline constexpr std::size_t longest_label = 63;
inline constexpr std::size_t most_labels = 127;  ///< without the root's

enum class name_error : std::uint8_t { empty, empty_label, label_too_long, name_too_long, bad_escape };
[[nodiscard]] std::string_view describe(name_error error) noexcept;

/// A name that lies in somebody's memory, uncompressed, and lives as long as that.
class name_view {
 public:
  /// The root.
  constexpr name_view() noexcept : data_(&root_label), size_(1) {}
  /// Of bytes that are known to be one whole name and nothing else.
  [[nodiscard]] static constexpr name_view trusted(cbytes wire) noexcept {
    return {wire.data(), static_cast<std::uint8_t>(wire.size())};
  }
  /// The name that the bytes begin with, if they do; never follows a pointer.
  [[nodiscard]] static std::optional<name_view> front_of(cbytes wire) noexcept;

  [[nodiscard]] constexpr cbytes wire() const noexcept { return {data_, size_}; }
  [[nodiscard]] constexpr const std::byte* data() const noexcept { return data_; }
  /// Octets with the root's label: 1 to 255.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr bool is_root() const noexcept { return size_ == 1; }
  /// Without the root's.
  [[nodiscard]] unsigned labels() const noexcept;
  /// The first label's octets; empty of the root.
  [[nodiscard]] constexpr cbytes label() const noexcept {
    return {data_ + 1, static_cast<std::size_t>(data_[0])};
  }
  /// Without the first label; the root's is the root.
  [[nodiscard]] constexpr name_view parent() const noexcept {
    if (is_root()) return *this;
    const auto skip = static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(data_[0]));
    return {data_ + skip, static_cast<std::uint8_t>(size_ - skip)};
  }
  /// The name of the last `count` labels; all of it when there are no more.
  [[nodiscard]] name_view suffix(unsigned count) const noexcept;
  /// Whether it is `zone` or below it.
  [[nodiscard]] bool is_within(name_view zone) const noexcept;
  /// Whether its first label is `*` (RFC 4592 §2.1.1).
  [[nodiscard]] constexpr bool is_wildcard() const noexcept {
    return size_ > 2 && data_[0] == std::byte{1} && data_[1] == std::byte{'*'};
  }
  /// The same for names that are equal. Take the seed from `os::random64()` for a table that strangers fill.
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed = 0) const noexcept;

  friend bool operator==(name_view a, name_view b) noexcept;
  friend std::weak_ordering operator<=>(name_view a, name_view b) noexcept;
  /// In the form of master files, with the dot at the end (RFC 1035 §5.1).
  friend void format(text_writer& out, name_view name) noexcept;

 private:
  static constexpr std::byte root_label{0};
  constexpr name_view(const std::byte* data, std::uint8_t size) noexcept : data_(data), size_(size) {}
  const std::byte* data_;
  std::uint8_t size_;
};

/// A name with its own memory, in place.
class name {
 public:
  /// The root.
  name() noexcept { octets_[0] = std::byte{0}; }
  name(name_view from) noexcept : size_(static_cast<std::uint8_t>(from.size())) {
    std::memcpy(octets_.data(), from.data(), from.size());
  }
  name(const name& other) noexcept : name(name_view(other)) {}
  name& operator=(const name& other) noexcept {
    size_ = other.size_;
    std::memmove(octets_.data(), other.octets_.data(), other.size_);
    return *this;
  }

  /// RFC 1035 §5.1: labels with dots between them, `\.` and `\065` for octets; without a dot at the end it is
  /// below `origin`. `.` alone is the root; the empty text is refused.
  [[nodiscard]] static result<name, name_error> parse(std::string_view text, name_view origin = {}) noexcept;

  operator name_view() const noexcept { return view(); }
  [[nodiscard]] name_view view() const noexcept { return name_view::trusted({octets_.data(), size_}); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_root() const noexcept { return size_ == 1; }

  /// Puts a label in front. False, and no change, when it is empty or the name would be too long.
  [[nodiscard]] bool prepend(cbytes label) noexcept;
  /// The labels of `front` without its root, and then `back`; nothing when that is too long.
  [[nodiscard]] static std::optional<name> join(cbytes front, name_view back) noexcept;
  /// Folds the letters to lower case.
  void lower() noexcept;

  friend bool operator==(const name& a, const name& b) noexcept { return a.view() == b.view(); }
  friend std::weak_ordering operator<=>(const name& a, const name& b) noexcept {
    return a.view() <=> b.view();
  }
  friend void format(text_writer& out, const name& value) noexcept { format(out, value.view()); }

 private:
  std::uint8_t size_ = 1;
  std::array<std::byte, longest_name> octets_;  // only the first `size_` have a value
};

}  // namespace mirage::dns
