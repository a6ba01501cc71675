// SPDX-License-Identifier: ISC
// Which of our addresses to send from, and which of a name's addresses to try first: RFC 6724 with the policy
// table of §2.1. Rules about mobility, temporary addresses and tunnels have nothing to decide here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "mirage/core/address.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ndp/own_addresses.hpp"

namespace mirage {

struct address_policy {
  std::uint8_t precedence;
  std::uint8_t label;
};
/// §2.1; an IPv4 address as the mapped one.
[[nodiscard]] address_policy policy_of(const ipv6_address& address) noexcept;
/// §3.1: 2 is the link, 5 the site, 14 the world.
[[nodiscard]] unsigned scope_of(const ipv6_address& address) noexcept;

/// §5: whether `a` is the better source, of one interface or of several between which there is a choice.
[[nodiscard]] bool is_better_source(const own_address& a, const own_address& b, const ipv6_address& to,
                                    instant now) noexcept;
/// Null if there is none that may be used. Valid until `ours` changes.
[[nodiscard]] const own_address* best_source(std::span<const own_address> ours,
                                             const ipv6_address& destination, instant now) noexcept;
/// The same by itself.
[[nodiscard]] std::optional<ipv6_address> select_source(std::span<const own_address> ours,
                                                        const ipv6_address& destination,
                                                        instant now) noexcept;

/// A destination with the source that would be used; without one it cannot be reached.
struct destination_candidate {
  ip_address destination{};
  std::optional<ip_address> source{};
  bool deprecated = false;  ///< the source is
};
/// §6: the best first; equals stay in their order.
void order_destinations(std::span<destination_candidate> candidates) noexcept;

}  // namespace mirage
