// SPDX-License-Identifier: ISC
#include "socket_address.hpp"

#include <cerrno>
#include <cstring>

#include "mirage/core/endian.hpp"

namespace mirage::detail {

in_addr to_in_addr(ipv4_address address) noexcept {
  in_addr result{};
  address.store(std::as_writable_bytes(std::span(&result, 1)).data());
  return result;
}

in6_addr to_in6_addr(const ipv6_address& address) noexcept {
  in6_addr result{};
  address.store(std::as_writable_bytes(std::span(&result, 1)).data());
  return result;
}

ipv4_address to_address(const in_addr& address) noexcept {
  return ipv4_address::load(std::as_bytes(std::span(&address, 1)).data());
}

ipv6_address to_address(const in6_addr& address) noexcept {
  return ipv6_address::load(std::as_bytes(std::span(&address, 1)).data());
}

socket_address to_socket_address(const endpoint& from, std::uint32_t interface) noexcept {
  socket_address result{};
  if (from.address.is_v4()) {
    result.v4.sin_family = AF_INET;
    result.v4.sin_port = htons(from.port);
    result.v4.sin_addr = to_in_addr(from.address.v4());
  } else {
    result.v6.sin6_family = AF_INET6;
    result.v6.sin6_port = htons(from.port);
    result.v6.sin6_addr = to_in6_addr(from.address.v6());
    if (from.address.is_link_local() || from.address.is_multicast()) result.v6.sin6_scope_id = interface;
  }
  return result;
}

endpoint to_endpoint(const socket_address& from) noexcept {
  if (from.any.sa_family == AF_INET) return {to_address(from.v4.sin_addr), ntohs(from.v4.sin_port)};
  if (from.any.sa_family != AF_INET6) return {};
  return {ip_address(to_address(from.v6.sin6_addr)).unmapped(), ntohs(from.v6.sin6_port)};
}

endpoint local_of(int descriptor) noexcept {
  socket_address address{};
  socklen_t size = sizeof address;
  if (::getsockname(descriptor, address.data(), &size) != 0) return {};
  return to_endpoint(address);
}

void set_option(int descriptor, int level, int option, int value) noexcept {
  ::setsockopt(descriptor, level, option, &value, sizeof value);
}

v1::flow_error flow_error_of(int error) noexcept {
  switch (error) {
    case ECONNREFUSED: return v1::flow_error::refused;
    case ETIMEDOUT: return v1::flow_error::timed_out;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return v1::flow_error::no_memory;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL:
    case EACCES:
    case EPERM: return v1::flow_error::unreachable;
    default: return v1::flow_error::reset;
  }
}

v1::listen_error listen_error_of(int error) noexcept {
  switch (error) {
    case EADDRINUSE: return v1::listen_error::in_use;
    case EACCES:
    case EPERM: return v1::listen_error::not_permitted;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return v1::listen_error::no_memory;
    default: return v1::listen_error::no_address;
  }
}

}  // namespace mirage::detail
