// SPDX-License-Identifier: ISC
// The header of a packet as a header of v1: RFC 791 §3.1.
#pragma once

#include <cstdint>

#include "mirage/ipv4/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// As it came by `interface`.
[[nodiscard]] inline v1::ip_header<ipv4_address> received_header(const ipv4_fields& fields,
                                                                 std::uint32_t interface) noexcept {
  return {.source = fields.source,
          .destination = fields.destination,
          .protocol = static_cast<v1::ip_protocol>(fields.protocol),
          .ttl = fields.ttl,
          .traffic_class = fields.traffic_class,
          .dont_fragment = fields.dont_fragment,
          .interface = interface};
}

}  // namespace mirage
