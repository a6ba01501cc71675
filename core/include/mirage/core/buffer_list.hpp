// SPDX-License-Identifier: ISC
// Several buffers written as one message: a gather list in place. Moving it moves the references.
#pragma once

#include "mirage/core/buffer.hpp"
#include "mirage/core/inline_vector.hpp"

namespace mirage {

/// At most sixteen: what one gather system call or one ring request takes everywhere.
using buffer_list = inline_vector<buffer, 16>;

[[nodiscard]] inline std::size_t total_size(const buffer_list& parts) noexcept {
  std::size_t total = 0;
  for (const buffer& part : parts) total += part.size();
  return total;
}

}  // namespace mirage
