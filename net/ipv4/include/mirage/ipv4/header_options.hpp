// SPDX-License-Identifier: ISC
// The options of a received header: RFC 791 §3.1. None is acted on; they are only looked through.
#pragma once

#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage {

/// `malformed`: a length that leads out of the header. `source_routed`: wants to go by a way of the sender's
/// choice, loose or strict, which gets around filters; everybody drops it (RFC 7126 §4.3, §4.4).
enum class header_options_verdict : std::uint8_t { fine, malformed, source_routed };

[[nodiscard]] header_options_verdict check_header_options(cbytes options) noexcept;

}  // namespace mirage
