// SPDX-License-Identifier: ISC
// Random bytes of the kernel, getrandom(2), taken in blocks so that a small wish costs no system call.
#pragma once

#include <array>
#include <cstddef>

#include "mirage/core/bytes.hpp"

namespace mirage {

class entropy_buffer {
 public:
  entropy_buffer() noexcept = default;
  entropy_buffer(const entropy_buffer&) = delete;
  entropy_buffer& operator=(const entropy_buffer&) = delete;
  ~entropy_buffer();

  /// Waits once, early at start-up, until the kernel has gathered enough; stops the unikernel if it gives
  /// none. A byte that was handed out is forgotten here.
  void fill(bytes out) noexcept;

 private:
  std::array<std::byte, 512> block_;
  std::size_t left_ = 0;  // at the end of the block
};

}  // namespace mirage
