// SPDX-License-Identifier: ISC
// The options of a header: RFC 791 §3.1; that for routers to look at a packet, RFC 2113.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage {

/// `malformed`: a length that leads out of the header. `source_routed`: wants to go by a way of the sender's
/// choice, loose or strict, which gets around filters; everybody drops it (RFC 7126 §4.3, §4.4).
enum class header_options_verdict : std::uint8_t { fine, malformed, source_routed };

/// Of a received header.
[[nodiscard]] header_options_verdict check_header_options(cbytes options) noexcept;

/// Of options that were found fine.
[[nodiscard]] bool has_router_alert(cbytes options) noexcept;
inline constexpr std::size_t router_alert_option_size = 4;
/// Behind a header without options, which `header_and_room` begins with and whose checksum follows.
void add_router_alert(bytes header_and_room) noexcept;

}  // namespace mirage
