// SPDX-License-Identifier: ISC
// What a server has told a client: checked, and ready to be used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp6/wire.hpp"

namespace mirage {

/// The times are `duration::max()` for ever; the address has no prefix: what is on the link, routers say.
struct dhcp6_address {
  ipv6_address address{};
  duration preferred{};
  duration valid{};
  bool operator==(const dhcp6_address&) const = default;
};
using dhcp6_addresses = inline_vector<dhcp6_address, 4>;

struct dhcp6_configuration {
  dhcp6_addresses addresses{};
  inline_vector<ipv6_address, 6> name_servers{};
  inline_vector<ipv6_address, 6> time_servers{};
  /// When to ask again for what is not an address (RFC 8415 §21.23).
  duration refresh_after = 24h;
};

/// The addresses of the identity association `identity` with the times after which they are renewed (T1) and
/// rebound (T2). Not `there`: the message has no such association, or a malformed one.
struct dhcp6_association {
  bool there = false;
  dhcp6_status status = dhcp6_status::success;
  dhcp6_addresses addresses{};  ///< those that are valid
  duration renew_after{};
  duration rebind_after{};
};
[[nodiscard]] dhcp6_association read_association(const dhcp6_message& message,
                                                 std::uint32_t identity) noexcept;
/// All but the addresses.
[[nodiscard]] dhcp6_configuration read_configuration(const dhcp6_message& message) noexcept;

}  // namespace mirage
