// SPDX-License-Identifier: ISC
#include "mirage/happy_eyeballs/core.hpp"

namespace mirage {

void happy_eyeballs_core::resolved(const v1::address_list& all) noexcept {
  for (const ip_address& each : all) (each.is_v6() ? v6_ : v4_).list.push_back(each);
  v6_is_next_ = !all.empty() && all[0].is_v6();
  v6_is_known_ = true;
  v4_is_known_ = true;
}

void happy_eyeballs_core::resolved_v6(const v1::address_list& some) noexcept {
  v6_.list = some;
  v6_is_known_ = true;
}

void happy_eyeballs_core::resolved_v4(const v1::address_list& some, instant now) noexcept {
  v4_.list = some;
  v4_is_known_ = true;
  if (!some.empty()) patience_ = later(now, options_.resolution_delay);
}

/// The next one need not wait for what will not come.
void happy_eyeballs_core::failed() noexcept {
  --underway_;
  not_before_ = instant{};
}

/// When the next attempt may begin, as far as is known now.
instant happy_eyeballs_core::earliest() const noexcept {
  if (untried() == 0) return never;
  if (!began_) return v6_is_known_ || !v6_.empty() ? instant{} : patience_;
  return not_before_;
}

instant happy_eyeballs_core::next_timeout() const noexcept { return earliest(); }

std::optional<ip_address> happy_eyeballs_core::poll(instant now) noexcept {
  if (earliest() > now) return std::nullopt;
  began_ = true;
  not_before_ = later(now, options_.attempt_delay);
  ++underway_;
  return take();
}

/// The versions take turns as long as both have addresses (RFC 8305 §4).
ip_address happy_eyeballs_core::take() noexcept {
  const bool from_v6 = v4_.empty() || (v6_is_next_ && !v6_.empty());
  queue& from = from_v6 ? v6_ : v4_;
  v6_is_next_ = !from_v6;
  return from.list[from.next++];
}

}  // namespace mirage
