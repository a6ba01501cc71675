// SPDX-License-Identifier: ISC
// What becomes of a received frame.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/core/mac_address.hpp"

namespace mirage {

/// `too_short`: no whole header. `bad_source`: sent by a group. `other_station`: to another one.
/// `other_vlan`: tagged for a VLAN that is not ours, or not tagged where it should be. `other_type`: neither
/// ARP nor IP.
enum class frame_verdict : std::uint8_t {
  arp,
  ipv4,
  ipv6,
  too_short,
  bad_source,
  other_station,
  other_vlan,
  other_type
};

struct classified_frame {
  frame_verdict verdict;
  bool group = false;      ///< to a broadcast or multicast address
  std::size_t header = 0;  ///< bytes before what it carries; 0 if it is to be dropped
};

/// For the station `ours` on the VLAN `vlan`, 0 for none: then a tag without a VLAN is ignored.
[[nodiscard]] classified_frame classify(cbytes frame, mac_address ours, std::uint16_t vlan) noexcept;

}  // namespace mirage
