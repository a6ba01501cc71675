// SPDX-License-Identifier: ISC
// Memory as direct I/O wants it, aligned to a page, for buffers that may outlive the disk that they were read
// from. Free blocks of a size are kept; there is a cap on the whole.
#pragma once

#include <array>
#include <cstddef>

#include "mirage/core/buffer.hpp"

namespace mirage::detail {

class aligned_pool {
 public:
  static constexpr std::size_t alignment = 4096;

  explicit aligned_pool(std::size_t limit);
  aligned_pool(const aligned_pool&) = delete;
  aligned_pool& operator=(const aligned_pool&) = delete;
  /// Buffers that are still out keep what they need.
  ~aligned_pool();

  /// No memory (`!b`) at the cap.
  [[nodiscard]] buffer allocate(std::size_t size) noexcept;

 private:
  struct block;
  struct state;
  static void give_back(buffer_storage& storage) noexcept;
  state* state_;
};

}  // namespace mirage::detail
