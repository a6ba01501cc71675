// SPDX-License-Identifier: ISC
// The text form of LOC records, RFC 1876 §3.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage::dns {

[[nodiscard]] std::optional<std::array<std::byte, 16>> parse_location(
    std::span<const std::string_view> words) noexcept;

/// Of 16 octets. False, and nothing written, for a version that is not 0.
bool format_location(text_writer& out, cbytes wire) noexcept;

}  // namespace mirage::dns
