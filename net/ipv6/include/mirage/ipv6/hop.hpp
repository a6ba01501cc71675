// SPDX-License-Identifier: ISC
// Which way a packet goes, and which address of ours it is sent from: RFC 4861 §5.2, RFC 6724 §5.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ndp/core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct ipv6_hop {
  /// `local`: to ourselves.
  enum class kind : std::uint8_t { none, unicast, multicast, local } what = kind::none;
  ipv6_address next{};  ///< the neighbour or the group on the link, or the address of ours
};

/// `to_ourselves`: there is somebody who takes such packets; without that there is no way to our addresses.
[[nodiscard]] ipv6_hop find_hop(ndp_core& link, const ipv6_address& to, bool to_ourselves,
                                instant now) noexcept;

/// The source that is asked for, if it is ours, or the best one; nothing if there is none, or if the packet
/// is meant for another interface than `interface`.
[[nodiscard]] std::optional<ipv6_address> find_source(const own_addresses& ours,
                                                      const v1::ip_header<ipv6_address>& head,
                                                      const ipv6_hop& to, std::uint32_t interface,
                                                      instant now) noexcept;

}  // namespace mirage
