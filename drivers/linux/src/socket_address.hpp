// SPDX-License-Identifier: ISC
// Endpoints as the kernel wants them, and errors as the module types have them.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

#include "mirage/core/endpoint.hpp"
#include "mirage/v1.hpp"

namespace mirage::detail {

/// A sockaddr of either family, without the room that sockaddr_storage wastes.
union socket_address {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;

  [[nodiscard]] sockaddr* data() noexcept { return &any; }
  [[nodiscard]] const sockaddr* data() const noexcept { return &any; }
  [[nodiscard]] socklen_t size() const noexcept {
    return any.sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  }
};

[[nodiscard]] in_addr to_in_addr(ipv4_address address) noexcept;
[[nodiscard]] in6_addr to_in6_addr(const ipv6_address& address) noexcept;
[[nodiscard]] ipv4_address to_address(const in_addr& address) noexcept;
[[nodiscard]] ipv6_address to_address(const in6_addr& address) noexcept;

/// `interface` is kept for link-local addresses and groups of IPv6.
[[nodiscard]] socket_address to_socket_address(const endpoint& from, std::uint32_t interface = 0) noexcept;
/// A mapped IPv6 address becomes the IPv4 address in it.
[[nodiscard]] endpoint to_endpoint(const socket_address& from) noexcept;

/// The address that a socket is bound to; 0.0.0.0:0 if there is none.
[[nodiscard]] endpoint local_of(int descriptor) noexcept;
void set_option(int descriptor, int level, int option, int value) noexcept;

[[nodiscard]] v1::flow_error flow_error_of(int error) noexcept;
[[nodiscard]] v1::listen_error listen_error_of(int error) noexcept;

}  // namespace mirage::detail
