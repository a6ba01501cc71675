// SPDX-License-Identifier: ISC
// Why a device of a Solo5 tender cannot start.
#pragma once

#include <cstdint>
#include <string_view>

namespace mirage::solo5 {

enum class device_error : std::uint8_t { not_attached, no_memory, not_watched };
[[nodiscard]] constexpr std::string_view describe(device_error error) noexcept {
  switch (error) {
    case device_error::not_attached: return "the tender has attached no device of that name";
    case device_error::no_memory: return "no memory for a frame";
    default: return "the tender cannot report what comes";
  }
}

}  // namespace mirage::solo5
