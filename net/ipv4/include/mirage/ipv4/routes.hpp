// SPDX-License-Identifier: ISC
// Our addresses on one link, and how others are reached: RFC 1122 §3.3.1. The longest prefix decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"

namespace mirage {

/// `none`: no way there. `local`: it is ours, or a loopback address.
enum class hop_kind : std::uint8_t { none, unicast, broadcast, multicast, local };

/// The first step of the way to an address.
struct ipv4_hop {
  hop_kind kind = hop_kind::none;
  ipv4_address next{};             ///< whom the link must find: the destination or a gateway
  ipv4_address source{};           ///< what to send from, unless the sender knows better
  std::uint8_t prefix_length = 0;  ///< of the network or the route by which it is reached; 0 for a group
};

class ipv4_routes {
 public:
  static constexpr std::size_t most_addresses = 16;
  static constexpr std::size_t most_routes = 32;

  /// Ours from now on, with its network on the link. False at the cap, or if no host can have the address;
  /// one that is there gets the new prefix.
  bool add_address(ipv4_prefix address) noexcept;
  void remove_address(ipv4_address address) noexcept;
  /// In the order in which they came; valid until they change.
  [[nodiscard]] std::span<const ipv4_address> addresses() const noexcept {
    return {addresses_.data(), addresses_.size()};
  }

  /// By way of a gateway, which must be on the link when the route is used; an unspecified one says that the
  /// network itself is on the link (RFC 3442). In the place of another route to the same network. False at
  /// the cap.
  bool add_route(ipv4_prefix to, ipv4_address gateway) noexcept;
  void remove_route(ipv4_prefix to) noexcept;

  [[nodiscard]] ipv4_hop find(ipv4_address to) const noexcept;
  [[nodiscard]] bool is_ours(ipv4_address address) const noexcept;
  /// 255.255.255.255, and the directed broadcast addresses of our networks (RFC 919), in the old form with
  /// zeros too (RFC 1122 §3.3.6).
  [[nodiscard]] bool is_broadcast(ipv4_address address) const noexcept;

 private:
  struct route {
    ipv4_prefix to;
    ipv4_address gateway;
    [[nodiscard]] bool is_on_link() const noexcept { return gateway.is_unspecified(); }
  };
  [[nodiscard]] const ipv4_prefix* network_of(ipv4_address address) const noexcept;
  [[nodiscard]] ipv4_address primary() const noexcept {
    return addresses_.empty() ? ipv4_address{} : addresses_[0];
  }

  inline_vector<ipv4_address, most_addresses> addresses_;
  inline_vector<ipv4_prefix, most_addresses> networks_;  // of the address with the same number
  inline_vector<route, most_routes> routes_;
};

}  // namespace mirage
