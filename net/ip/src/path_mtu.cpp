// SPDX-License-Identifier: ISC
#include "mirage/ip/path_mtu.hpp"

#include <algorithm>
#include <array>

namespace mirage {

namespace {

/// RFC 1191 §7.1
[[nodiscard]] std::uint32_t plateau_below(std::uint32_t length) noexcept {
  constexpr std::array<std::uint32_t, 10> plateaus{32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68};
  return *std::ranges::find_if(plateaus, [&](std::uint32_t each) { return each < length || each == 68; });
}

}  // namespace

void path_mtu_cache::too_long(const ip_address& destination, std::uint32_t mtu, std::uint32_t length,
                              instant now) noexcept {
  if (mtu == 0) mtu = plateau_below(length);
  mtu = std::max(mtu, least_);
  path* known = paths_.find(destination);
  if (known != nullptr && known->until > now && known->mtu <= mtu) return;
  if (known == nullptr) {
    if (paths_.full()) make_room();
    known = paths_.insert(destination);
  }
  if (known != nullptr) *known = {mtu, later(now, kept_)};
}

std::uint32_t path_mtu_cache::mtu(const ip_address& destination, std::uint32_t link, instant now) noexcept {
  if (paths_.size() == 0) return link;
  const path* known = paths_.find(destination);
  if (known == nullptr) return link;
  if (known->until > now) return std::min(known->mtu, link);
  paths_.erase(destination);
  return link;
}

void path_mtu_cache::make_room() noexcept {
  ip_address oldest;
  instant first = never;
  paths_.for_each([&](const ip_address& destination, const path& each) {
    if (each.until >= first) return;
    first = each.until;
    oldest = destination;
  });
  paths_.erase(oldest);
}

}  // namespace mirage
