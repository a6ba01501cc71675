// SPDX-License-Identifier: ISC
// Who is the first hop to a destination: RFC 4861 §5.2, §6.3.4 to §6.3.6 and §8.3: the prefixes that are on
// the link, the default routers, and what they have redirected. Not implemented: more specific routes and
// preferences in advertisements (RFC 4191).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/bounded_map.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ndp/neighbour_cache.hpp"

namespace mirage {

class first_hops {
 public:
  static constexpr std::size_t most_prefixes = 32;
  static constexpr std::size_t most_routers = 16;
  static constexpr std::size_t most_routes = 32;

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
  /// A default router until then, or no longer. False at the cap.
  bool set_router(const ipv6_address& router, instant until, instant now) noexcept;
  void remove_router(const ipv6_address& router) noexcept;
  void redirect(const ipv6_address& destination, const ipv6_address& better) noexcept;

  /// The neighbour to send to: the destination itself or a router, one that is probably reachable rather than
  /// one that is not; nothing if there is no way.
  [[nodiscard]] std::optional<ipv6_address> find(const ipv6_address& destination, neighbour_cache& known,
                                                 instant now) noexcept;
  /// The length of the prefix by which `find` finds a way, 0 for that of a default router; nothing if there
  /// is none.
  [[nodiscard]] std::optional<std::uint8_t> prefix_length_to(const ipv6_address& destination,
                                                             instant now) const noexcept;
  /// A neighbour that was asked for does not answer: if it is a router it is another's turn.
  void unanswered(const ipv6_address& neighbour) noexcept;
  [[nodiscard]] bool is_on_link(const ipv6_address& destination, instant now) const noexcept;
  [[nodiscard]] std::size_t routers() const noexcept { return routers_.size(); }

  /// Drops what is over.
  void expire(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;

 private:
  struct prefix {
    ipv6_prefix network;
    instant until;
  };
  struct router {
    ipv6_address address;
    instant until;
  };
  struct route {
    ipv6_prefix to;
    ipv6_address gateway;
  };
  struct better_hop {
    ipv6_address address;
    std::uint64_t number;  // the greater, the newer
  };
  [[nodiscard]] std::optional<ipv6_address> default_router(neighbour_cache& known) noexcept;
  void make_room_for_redirect() noexcept;

  inline_vector<prefix, most_prefixes> prefixes_;
  inline_vector<router, most_routers> routers_;
  inline_vector<route, most_routes> routes_;
  bounded_map<ipv6_address, better_hop> redirects_;
  std::uint64_t redirected_ = 0;
  std::size_t turn_ = 0;  // of the routers, when none is known to be reachable
};

}  // namespace mirage
