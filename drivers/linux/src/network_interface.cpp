// SPDX-License-Identifier: ISC
#include "network_interface.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

#include "mirage/core/os.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage::detail {

namespace {

std::optional<ifreq> ask(std::string_view interface, unsigned long what) noexcept {
  ifreq request{};
  if (interface.empty() || interface.size() >= IFNAMSIZ) return std::nullopt;
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  const file_descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket || ::ioctl(socket.get(), what, &request) != 0) return std::nullopt;
  return request;
}

}  // namespace

std::optional<std::uint32_t> mtu_of(std::string_view interface) noexcept {
  const auto answer = ask(interface, SIOCGIFMTU);
  if (!answer) return std::nullopt;
  return static_cast<std::uint32_t>(answer->ifr_mtu);
}

std::optional<int> index_of(std::string_view interface) noexcept {
  const auto answer = ask(interface, SIOCGIFINDEX);
  if (!answer) return std::nullopt;
  return answer->ifr_ifindex;
}

mac_address random_mac() noexcept {
  std::array<std::uint8_t, 6> octets{};
  os::random(std::as_writable_bytes(std::span(octets)));
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0xfc) | 0x02);
  return mac_address(octets);
}

}  // namespace mirage::detail
