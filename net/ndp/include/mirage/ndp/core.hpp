// SPDX-License-Identifier: ISC
// The core of neighbour discovery on one link: messages and questions in, actions out. RFC 4191, RFC 4861,
// RFC 4862, RFC 7217, RFC 7527, RFC 7559, RFC 8106. No I/O, no clock, and no memory after it was made. Not
// implemented: being a router, proxies, anycast addresses of our own, secure neighbour discovery (RFC 3971).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/ndp/action.hpp"
#include "mirage/ndp/first_hops.hpp"
#include "mirage/ndp/messages.hpp"
#include "mirage/ndp/neighbour_cache.hpp"
#include "mirage/ndp/options.hpp"
#include "mirage/ndp/own_addresses.hpp"
#include "mirage/ndp/stable_identifier.hpp"

namespace mirage {

class ndp_core {
 public:
  static constexpr std::uint32_t least_mtu = 1280;  // RFC 8200 §5

  /// `mac`: our own; `mtu`: of the link. `secret` where the options have none.
  ndp_core(mac_address mac, std::uint32_t mtu, const ndp_options& options, const keyed_hash::key& secret,
           std::uint64_t seed);

  /// Forms an address of the link, and asks for routers where that is wanted.
  void start(instant now) noexcept;

  /// With its network on the link. False at a cap, or for an address that no host can have.
  [[nodiscard]] bool add_address(const ipv6_prefix& address, instant now) noexcept;
  /// One that DHCPv6 leases, without a network. False as above.
  [[nodiscard]] bool lease_address(const ipv6_address& address, instant preferred, instant valid,
                                   instant now) noexcept {
    return addresses_.lease(address, preferred, valid, now);
  }
  void remove_address(const ipv6_address& address) noexcept { addresses_.remove(address); }
  void announce(instant now) noexcept { addresses_.announce(now); }
  [[nodiscard]] const own_addresses& addresses() const noexcept { return addresses_; }

  [[nodiscard]] first_hops& hops() noexcept { return hops_; }
  [[nodiscard]] const first_hops& hops() const noexcept { return hops_; }
  /// The neighbour to send to, if there is a way; the destination is a host.
  [[nodiscard]] std::optional<ipv6_address> first_hop(const ipv6_address& destination, instant now) noexcept {
    return hops_.find(destination, neighbours_, now);
  }
  /// For a packet from `asker`, which is where the neighbour is asked from, too, so that it learns of it.
  [[nodiscard]] neighbour_cache::found lookup(const ipv6_address& neighbour, instant now,
                                              const ipv6_address& asker = {}) noexcept {
    return neighbours_.lookup(neighbour, now, asker);
  }

  /// `malformed`: RFC 4861 wants it dropped. `refused`: not what we listen to, or not from who may say so.
  enum class verdict : std::uint8_t { taken, malformed, refused };
  /// A received message, from its ICMPv6 header; `poll` until `none` before the next one.
  verdict input(const ndp_header& from, cbytes message, instant now) noexcept;

  /// The next thing to do; call until `none`.
  [[nodiscard]] ndp_action poll(instant now) noexcept;
  /// When to call `poll` again; `never` if nothing is waited for.
  [[nodiscard]] instant next_timeout() const noexcept;
  /// Writes the message of an action to `to`, which has room for `greatest_ndp_message`, and gives its
  /// length.
  [[nodiscard]] std::size_t emit(const ndp_action& action, bytes to) const noexcept;

  // ---- What routers told ----

  /// Of packets that say nothing else.
  [[nodiscard]] std::uint8_t hop_limit() const noexcept { return hop_limit_; }
  /// Of the link, as far as it is told to be used.
  [[nodiscard]] std::uint32_t mtu() const noexcept { return mtu_; }
  [[nodiscard]] std::span<const ipv6_address> dns_servers() const noexcept {
    return {dns_servers_.data(), dns_servers_.size()};
  }
  /// An advertisement wants addresses, or other things, to be had by DHCPv6.
  [[nodiscard]] bool wants_dhcp_addresses() const noexcept { return managed_; }
  [[nodiscard]] bool wants_dhcp() const noexcept { return managed_ || other_; }

 private:
  static constexpr std::size_t most_dns_servers = 8;

  verdict input_solicitation(const ndp_header& from, cbytes message, instant now) noexcept;
  verdict input_advertisement(const ndp_header& from, cbytes message, instant now) noexcept;
  verdict input_router(const ndp_header& from, cbytes message, instant now) noexcept;
  verdict input_redirect(const ndp_header& from, cbytes message, instant now) noexcept;
  void take_parameters(const router_advertisement& told) noexcept;
  void take_prefix(const prefix_information& told, instant now) noexcept;
  void take_route(const route_information& told, const ipv6_address& router, instant now) noexcept;
  void take_dns_server(const dns_server_information& told, instant now) noexcept;
  void expire_dns_servers(instant now) noexcept;
  bool form_address(const ipv6_prefix& network, std::uint8_t conflicts, instant preferred, instant valid,
                    instant now) noexcept;
  void contest(const ipv6_address& address, instant now) noexcept;
  void answer(const ndp_action& action) noexcept;
  [[nodiscard]] std::uint64_t nonce_of(const ipv6_address& address) const noexcept;
  void stop_soliciting() noexcept;
  [[nodiscard]] duration varied(duration middle, duration before) noexcept;
  [[nodiscard]] ndp_action solicit_routers(instant now) noexcept;
  [[nodiscard]] ndp_action poll_neighbours(instant now) noexcept;

  mac_address mac_;
  std::uint32_t link_mtu_;
  bool accepts_routers_;
  identifier_source identifiers_;
  neighbour_cache neighbours_;
  own_addresses addresses_;
  first_hops hops_;

  std::uint8_t hop_limit_ = 64;
  std::uint32_t mtu_;
  bool managed_ = false;
  bool other_ = false;
  inline_vector<ipv6_address, most_dns_servers> dns_servers_;
  inline_vector<instant, most_dns_servers> dns_until_;  // of the server with the same number

  std::uint64_t nonce_seed_;
  std::uint64_t random_;
  instant solicit_due_ = never;
  duration solicit_interval_{};  // zero: not again
  bool has_solicited_ = false;
  inline_vector<ndp_action, 4> answers_;  // to one message
  std::size_t answered_ = 0;
};

}  // namespace mirage
