// SPDX-License-Identifier: ISC
// Why a device of a Solo5 tender cannot start.
#pragma once

#include <cstdint>
#include <string_view>

namespace mirage {

enum class solo5_error : std::uint8_t { not_attached, no_memory, not_watched };
[[nodiscard]] constexpr std::string_view describe(solo5_error error) noexcept {
  switch (error) {
    case solo5_error::not_attached: return "the tender has attached no device of that name";
    case solo5_error::no_memory: return "no memory for a frame";
    default: return "the tender cannot report what comes";
  }
}

}  // namespace mirage
