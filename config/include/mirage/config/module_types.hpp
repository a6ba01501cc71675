// SPDX-License-Identifier: ISC
// The module types a wire can have. Each is an empty type whose `name` stands for the concept
// mirage::v1::name, which the device's implementation is checked against in the generated main.cpp.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace mirage::config {

/// A type of devices. A project may define its own; where the concept is not mirage::v1::NAME, it says
/// `static constexpr std::string_view satisfies = "sensors::thermometer";` too ("" for no check).
template <class T>
concept module_type = requires {
  { T::name } -> std::convertible_to<std::string_view>;
};

// clang-format off
struct network     { static constexpr std::string_view name = "network"; };
struct ethernet    { static constexpr std::string_view name = "ethernet"; };
struct arp         { static constexpr std::string_view name = "arp"; };
struct ip          { static constexpr std::string_view name = "ip"; };
struct icmp        { static constexpr std::string_view name = "icmp"; };
struct udp         { static constexpr std::string_view name = "udp"; };
struct tcp         { static constexpr std::string_view name = "tcp"; };
struct stack       { static constexpr std::string_view name = "stack"; };
struct resolver    { static constexpr std::string_view name = "resolver"; };
struct block       { static constexpr std::string_view name = "block"; };
struct kv_ro       { static constexpr std::string_view name = "kv_ro"; };
struct kv_rw       { static constexpr std::string_view name = "kv_rw"; };
struct fs          { static constexpr std::string_view name = "fs"; };
struct console     { static constexpr std::string_view name = "console"; };
struct http_server { static constexpr std::string_view name = "http_server"; };
struct http_client { static constexpr std::string_view name = "http_client"; };
// clang-format on

/// What an image runs: the result of wiring a unikernel. No device, so there is nothing to check.
struct job {
  static constexpr std::string_view name = "job";
  static constexpr std::string_view satisfies = "";
};

/// The concept that an implementation of T must satisfy, as main.cpp writes it; empty for none.
template <module_type T>
std::string concept_of() {
  if constexpr (requires { T::satisfies; }) {
    return std::string{T::satisfies};
  } else {
    return "mirage::v1::" + std::string{T::name};
  }
}

}  // namespace mirage::config
