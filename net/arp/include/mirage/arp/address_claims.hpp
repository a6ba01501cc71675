// SPDX-License-Identifier: ISC
// Our own addresses: probed before they are taken, where that is wanted, announced when they are, and
// defended as long as they are ours (RFC 5227). An address is never given up for a conflict once it is ours:
// §2.4 (c), as for a server that others rely on; (b) is not implemented. The limit on new attempts after many
// conflicts (§2.1.1, MAX_CONFLICTS) is the business of whoever chooses addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/arp/action.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

class address_claims {
 public:
  /// `seed` makes hosts that start at once not probe at once.
  address_claims(std::size_t capacity, std::uint64_t seed);

  /// False at the cap; one that is there stays as it is. With `probe` it is ours only after nobody has
  /// objected.
  [[nodiscard]] bool add(ipv4_address address, bool probe, instant now);
  void remove(ipv4_address address) noexcept;
  /// All that are ours are announced once more.
  void announce(instant now) noexcept;

  /// Whether we answer for it.
  [[nodiscard]] bool is_ours(ipv4_address address) const noexcept;
  /// Whether it is still being probed.
  [[nodiscard]] bool is_probing(ipv4_address address) const noexcept;
  /// The one of ours that is nearest to `target`: the longest common prefix. Unspecified if there is none.
  [[nodiscard]] ipv4_address nearest(ipv4_address target) const noexcept;

  /// Another station, `mac`, sent a packet from `sender` about `target`. `conflict` if one of these is ours
  /// or was to be; then `poll` may have a defence.
  [[nodiscard]] arp_action heard(ipv4_address sender, ipv4_address target, mac_address mac,
                                 instant now) noexcept;

  /// Probes, announcements and `claimed`; `none` when there is nothing left to do now.
  [[nodiscard]] arp_action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;

 private:
  enum class state : std::uint8_t { probing, announcing, ready };
  struct claim {
    ipv4_address address;
    state is;
    std::uint8_t sent = 0;  // probes, or announcements
    instant deadline = never;
    instant defended{};  // when it was defended for the last time
    bool was_defended = false;
  };

  [[nodiscard]] const claim* find(ipv4_address address) const noexcept;
  [[nodiscard]] arp_action tend(claim& one, instant now) noexcept;
  [[nodiscard]] arp_action announce(claim& one, instant now) noexcept;
  [[nodiscard]] duration random_between(duration least, duration most) noexcept;

  std::size_t capacity_;
  std::vector<claim> claims_;
  std::uint64_t random_;
};

}  // namespace mirage
