// SPDX-License-Identifier: ISC
#include "mirage/linux/socket_stack.hpp"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "socket_address.hpp"

namespace mirage {

namespace {

std::optional<ip_address> address_of(const ifaddrs& interface) noexcept {
  if (interface.ifa_addr == nullptr || (interface.ifa_flags & IFF_UP) == 0) return std::nullopt;
  const sockaddr* any = interface.ifa_addr;
  if (any->sa_family == AF_INET)
    return detail::to_address(static_cast<const sockaddr_in*>(static_cast<const void*>(any))->sin_addr);
  if (any->sa_family == AF_INET6)
    return detail::to_address(static_cast<const sockaddr_in6*>(static_cast<const void*>(any))->sin6_addr);
  return std::nullopt;
}

// Without the prefix, or with the unspecified address, every address of the family is served.
template <class Prefix>
bool serves(const std::optional<Prefix>& bound, const ip_address& address) noexcept {
  return !bound || bound->address().is_unspecified() || ip_address(bound->address()) == address;
}

}  // namespace

std::vector<ip_address> socket_stack::addresses() const {
  std::vector<ip_address> found;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return found;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> all(first, &::freeifaddrs);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const auto address = address_of(*each);
    if (!address || address->is_loopback()) continue;
    const bool served = address->is_v4() ? !options_.ipv6_only && serves(options_.ipv4, *address)
                                         : !options_.ipv4_only && serves(options_.ipv6, *address);
    if (served && std::ranges::find(found, *address) == found.end()) found.push_back(*address);
  }
  return found;
}

task<> socket_stack::stop() {
  tcp_.stop();
  udp_.flush();
  co_return;
}

}  // namespace mirage
