// SPDX-License-Identifier: ISC
// The time of day as signatures and cookies count it: RFC 4034 §3.1.5, RFC 8945 §4.2, RFC 9018 §4.3.
#pragma once

#include <chrono>
#include <cstdint>

#include "mirage/core/os.hpp"

namespace mirage::dns {

/// Since 1970. Fields of 32 bits hold the lower ones, and are compared in serial arithmetic.
[[nodiscard]] inline std::uint64_t wall_seconds() noexcept {
  const auto since = os::wall().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(since).count());
}

}  // namespace mirage::dns
