// SPDX-License-Identifier: ISC
// Datagrams that wait to leave, and which of them leave together: the kernel (UDP_SEGMENT) or a device cuts
// what it gets into datagrams of one length, of which only the last may be shorter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mirage {

/// Of what leaves together.
struct datagram_group_limits {
  std::size_t datagrams = 64;  ///< what Linux cuts at most from one
  std::size_t bytes = 65000;   ///< of all, headers left out
  std::size_t longest = 1452;  ///< of each: what is longer goes alone
};

/// Its bytes lie somewhere, which only its owner knows; it goes the `way`th way.
struct waiting_datagram {
  std::uint32_t offset;
  std::uint32_t length;
  std::uint16_t way;
};

namespace detail {

class datagram_grouping {
 public:
  static constexpr std::size_t most = 256;

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool full() const noexcept { return count_ == most; }

  /// Puts together what was added. Until `clear`, nothing may be added.
  void make(const datagram_group_limits& limits) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return group_count_; }
  /// In the order in which their bytes are sent; never nothing.
  [[nodiscard]] std::span<const waiting_datagram> operator[](std::size_t group) const noexcept {
    return {sorted_.data() + groups_[group].first, groups_[group].count};
  }

 protected:
  struct extent {
    std::uint16_t first;
    std::uint16_t count;
  };
  void add_groups(std::span<const waiting_datagram> rest, bool unordered,
                  const datagram_group_limits& limits) noexcept;

  std::array<waiting_datagram, most> added_;
  std::array<waiting_datagram, most> sorted_;
  std::array<extent, most> groups_;
  std::array<bool, most> unordered_;  // of a way
  std::uint16_t count_ = 0;
  std::uint16_t sorted_count_ = 0;
  std::uint16_t group_count_ = 0;
};

}  // namespace detail

/// At most `most` datagrams on their ways: `Way` is compared, has a `hash(seed)`, and a member `unordered`
/// that says whether they may overtake each other, so that more leave together. Datagrams of different ways
/// do anyway. No I/O and no allocation; `seed` is random where strangers choose ways.
template <class Way>
class datagram_groups : public detail::datagram_grouping {
 public:
  explicit datagram_groups(std::uint64_t seed) noexcept : seed_(seed) { numbers_.fill(none); }

  /// There is room for it.
  void add(const Way& way, std::size_t offset, std::size_t length) noexcept {
    added_[count_++] = {static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length), number(way)};
  }
  [[nodiscard]] const Way& way(std::span<const waiting_datagram> group) const noexcept {
    return ways_[group.front().way];
  }
  /// Forgets all.
  void clear() noexcept {
    if (way_count_ > 0) numbers_.fill(none);
    count_ = group_count_ = way_count_ = 0;
  }

 private:
  static constexpr std::uint16_t none = 0xffff;
  static constexpr std::size_t slots = 2 * most;  // a power of two, at least half of them free

  std::uint16_t number(const Way& way) noexcept {
    std::size_t at = static_cast<std::size_t>(way.hash(seed_)) & (slots - 1);
    while (numbers_[at] != none && !(ways_[numbers_[at]] == way)) at = (at + 1) & (slots - 1);
    if (numbers_[at] == none) {
      numbers_[at] = way_count_++;
      ways_[numbers_[at]] = way;
      unordered_[numbers_[at]] = way.unordered;
    }
    return numbers_[at];
  }

  std::uint64_t seed_;
  std::array<std::uint16_t, slots> numbers_;  // of ways, by hash
  std::array<Way, most> ways_;
  std::uint16_t way_count_ = 0;
};

}  // namespace mirage
