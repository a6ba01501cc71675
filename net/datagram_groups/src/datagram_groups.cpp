// SPDX-License-Identifier: ISC
#include "mirage/datagram_groups.hpp"

#include <algorithm>

namespace mirage::detail {

// By ways; within one that is unordered the longest first, else as they were added.
void datagram_grouping::make(const datagram_group_limits& limits) noexcept {
  std::array<std::uint64_t, most> keys;
  for (std::uint16_t i = 0; i < count_; ++i) {
    const waiting_datagram& each = added_[i];
    const std::uint32_t by_length = unordered_[each.way] ? ~each.length : 0;
    keys[i] = std::uint64_t{each.way} << 48 | std::uint64_t{by_length} << 16 | i;
  }
  std::sort(keys.begin(), keys.begin() + count_);
  std::array<waiting_datagram, most> in_order;
  for (std::uint16_t i = 0; i < count_; ++i) in_order[i] = added_[keys[i] & 0xffff];
  sorted_count_ = group_count_ = 0;
  for (std::uint16_t begin = 0, end = 0; begin < count_; begin = end) {
    while (end < count_ && in_order[end].way == in_order[begin].way) ++end;
    add_groups({in_order.data() + begin, in_order.data() + end}, unordered_[in_order[begin].way], limits);
  }
}

// Where the order does not matter, each group ends with the shortest that is left: the fewer lengths are
// left, the fewer groups there are.
void datagram_grouping::add_groups(std::span<const waiting_datagram> rest, bool unordered,
                                   const datagram_group_limits& limits) noexcept {
  while (!rest.empty()) {
    const std::uint32_t length = rest.front().length;
    extent& group = groups_[group_count_++];
    group = {.first = sorted_count_, .count = 0};
    std::size_t bytes = 0;
    const auto take = [&](const waiting_datagram& one) {
      sorted_[sorted_count_++] = one;
      ++group.count;
      bytes += one.length;
    };
    const auto follows = [&](const waiting_datagram& one) {
      return group.count < limits.datagrams && bytes + one.length <= limits.bytes && one.length > 0 &&
             one.length <= length && length <= limits.longest;
    };
    do {
      take(rest.front());
      rest = rest.subspan(1);
    } while (!rest.empty() && rest.front().length == length && follows(rest.front()));
    if (rest.empty()) return;
    const waiting_datagram& last = unordered ? rest.back() : rest.front();
    if (last.length == length || !follows(last)) continue;
    take(last);
    rest = unordered ? rest.first(rest.size() - 1) : rest.subspan(1);
  }
}

}  // namespace mirage::detail
