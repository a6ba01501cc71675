// SPDX-License-Identifier: ISC
// What a server has told a client: checked, and ready to be used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/fixed_string.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp/options.hpp"
#include "mirage/dhcp/wire.hpp"

namespace mirage {

using dhcp_addresses = inline_vector<ipv4_address, 6>;

struct dhcp_configuration {
  ipv4_prefix address{};                 ///< ours, with its network
  std::optional<ipv4_address> server{};  ///< who leased it
  /// The default router and others, in one list: with option 121 the routers of option 3 are not in it (RFC
  /// 3442). One whose router is unspecified is on the link.
  dhcp_routes routes{};
  dhcp_addresses name_servers{};
  dhcp_addresses time_servers{};  ///< of NTP
  /// Empty if there is none, or if it is no name: letters, digits, hyphens, underscores and dots.
  fixed_string<253> host_name{};
  fixed_string<253> domain{};
  std::uint16_t mtu = 0;  ///< 0: not told, or below 576

  // Of the lease; `duration::max()` for one without an end.
  duration lease{};
  duration renew_after{};   ///< T1
  duration rebind_after{};  ///< T2
};

/// What an offer or an acknowledgement says. Nothing if the address is none that a host can have in its
/// network, the mask is none, or the lease is missing or shorter than `least_lease`. Without a mask, it is
/// that of the address's class. T1 and T2 that are not in their order become a half and seven eighths of the
/// lease.
[[nodiscard]] std::optional<dhcp_configuration> read_configuration(const dhcp_message& message,
                                                                   const dhcp_options& options,
                                                                   duration least_lease) noexcept;

}  // namespace mirage
