// SPDX-License-Identifier: ISC
// The core of ARP: packets and questions in, actions out. No I/O, no clock, and no memory after it was made.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/arp/action.hpp"
#include "mirage/arp/address_claims.hpp"
#include "mirage/arp/neighbour_table.hpp"
#include "mirage/arp/options.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"

namespace mirage {

class arp_core {
 public:
  /// `mac`: our own.
  arp_core(mac_address mac, const arp_options& options, std::uint64_t seed);

  [[nodiscard]] neighbour_table::found lookup(ipv4_address who, instant now) noexcept {
    return neighbours_.lookup(who, now);
  }

  /// `malformed`: not an ARP packet for IPv4 on Ethernet, or from a sender that cannot be one. `own`: what we
  /// sent ourselves came back. `moved`: a neighbour has another address of the link than before.
  enum class verdict : std::uint8_t { taken, malformed, own, moved };
  /// A received packet; `poll` until `none` before the next one.
  verdict input(cbytes packet, instant now) noexcept;

  /// As `address_claims::add`.
  [[nodiscard]] bool add(ipv4_address ours, bool probe, instant now) { return claims_.add(ours, probe, now); }
  void remove(ipv4_address ours) noexcept { claims_.remove(ours); }
  void announce(instant now) noexcept { claims_.announce(now); }
  [[nodiscard]] bool is_ours(ipv4_address address) const noexcept { return claims_.is_ours(address); }
  [[nodiscard]] bool is_probing(ipv4_address address) const noexcept { return claims_.is_probing(address); }

  /// The next thing to do; call until `none`. The core has no other output.
  [[nodiscard]] arp_action poll(instant now) noexcept;
  /// When to call `poll` again; `never` if nothing is waited for.
  [[nodiscard]] instant next_timeout() const noexcept;
  /// Writes the packet of a `send` to `to`, which has room for it, and gives its length.
  [[nodiscard]] std::size_t emit(const arp_action& action, bytes to) const noexcept;

 private:
  mac_address mac_;
  neighbour_table neighbours_;
  address_claims claims_;
  inline_vector<arp_action, 2> answers_;  // to one packet: a conflict, or what it resolves and a reply
  std::size_t answered_ = 0;
};

}  // namespace mirage
