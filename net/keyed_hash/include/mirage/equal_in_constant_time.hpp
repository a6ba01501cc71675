// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>

#include "mirage/core/bytes.hpp"

namespace mirage {

/// How long it takes says nothing of where they differ. Both are of the same size.
[[nodiscard]] inline bool equal_in_constant_time(cbytes a, cbytes b) noexcept {
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(a[i] ^ b[i]);
  return different == 0;
}

}  // namespace mirage
