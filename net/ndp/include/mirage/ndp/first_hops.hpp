// SPDX-License-Identifier: ISC
// Who is the first hop to a destination: RFC 4861 §5.2, §6.3.4 to §6.3.6 and §8.3: the prefixes that are on
// the link, the routers, and what they have redirected; and RFC 4191, as a host of type C: routers prefer
// themselves more or less, and tell of routes to networks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/bounded_map.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ndp/messages.hpp"
#include "mirage/ndp/neighbour_cache.hpp"

namespace mirage {

class first_hops {
 public:
  static constexpr std::size_t most_prefixes = 32;
  static constexpr std::size_t most_routes = 32;
  static constexpr std::size_t most_told_routes = 32;

  explicit first_hops(std::size_t redirects) : redirects_(redirects) {}

  // ---- Configured ----

  /// On the link for ever. False at the cap.
  [[nodiscard]] bool add_network(const ipv6_prefix& network) noexcept { return set_prefix(network, never); }
  /// By way of a gateway on the link; in the place of another route to the same network. False at the cap.
  [[nodiscard]] bool add_route(const ipv6_prefix& to, const ipv6_address& gateway) noexcept;
  void remove_route(const ipv6_prefix& to) noexcept;

  // ---- Told by routers ----

  /// On the link until then, or no longer, if that is not later than `now`. False at the cap.
  bool set_prefix(const ipv6_prefix& prefix, instant until, instant now = {}) noexcept;
  /// A router of that network, or of all with `{}`, until then, or no longer. False at the cap.
  bool set_told_route(const ipv6_prefix& to, const ipv6_address& router, router_preference preference,
                      instant until, instant now) noexcept;
  /// It is none any more.
  void remove_router(const ipv6_address& router) noexcept;
  void redirect(const ipv6_address& destination, const ipv6_address& better) noexcept;

  /// The neighbour to send to: the destination itself, the gateway of a configured route, or a router;
  /// nothing if there is no way.
  [[nodiscard]] std::optional<ipv6_address> find(const ipv6_address& destination, neighbour_cache& known,
                                                 instant now) noexcept;
  /// The length of the prefix by which `find` finds a way, 0 for that of a default router; nothing if there
  /// is none.
  [[nodiscard]] std::optional<std::uint8_t> prefix_length_to(const ipv6_address& destination,
                                                             instant now) const noexcept;
  /// A neighbour that was asked for does not answer: if it is a router it is the last to be taken, until it
  /// advertises again or is known to be there.
  void unanswered(const ipv6_address& neighbour) noexcept;
  [[nodiscard]] bool is_on_link(const ipv6_address& destination, instant now) const noexcept;
  [[nodiscard]] std::size_t told_routes() const noexcept { return told_.size(); }

  /// Drops what is over.
  void expire(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;

 private:
  struct prefix {
    ipv6_prefix network;
    instant until;
  };
  struct route {
    ipv6_prefix to;
    ipv6_address gateway;
  };
  struct told_route {
    ipv6_prefix to;
    ipv6_address router;
    router_preference preference;
    instant until;
    std::uint64_t silent = 0;  // the router did not answer; the greater, the later. 0: nothing is wrong
    [[nodiscard]] bool is_default() const noexcept { return to.length() == 0; }
  };
  struct better_hop {
    ipv6_address address;
    std::uint64_t number;  // the greater, the newer
  };
  [[nodiscard]] const route* configured_route(const ipv6_address& destination) const noexcept;
  [[nodiscard]] const told_route* best_told(const ipv6_address& destination, neighbour_cache& known,
                                            instant now) const noexcept;
  void make_room_for_redirect() noexcept;
  void forget_redirects_to(const ipv6_address& router) noexcept;

  inline_vector<prefix, most_prefixes> prefixes_;
  inline_vector<route, most_routes> routes_;
  inline_vector<told_route, most_told_routes> told_;
  bounded_map<ipv6_address, better_hop> redirects_;
  std::uint64_t redirected_ = 0;
  std::uint64_t silences_ = 0;
};

}  // namespace mirage
