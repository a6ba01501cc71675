// SPDX-License-Identifier: ISC
// Received bytes that are not consumed yet, and the memory of buffers as text.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "mirage/core/buffer.hpp"

namespace mirage::http {

/// The memory of a buffer that nobody else refers to.
[[nodiscard]] inline std::span<char> characters(buffer& memory) noexcept {
  const bytes all = memory.writable();
  return {static_cast<char*>(static_cast<void*>(all.data())), all.size()};
}

/// Puts what was received behind what there is. A head that came in pieces is joined, so that its views need
/// not be; `expected` is how long it may become. False at the cap of the pool.
[[nodiscard]] inline bool join_input(buffer& input, buffer more, std::size_t expected) noexcept {
  if (input.empty()) {
    input = std::move(more);
    return true;
  }
  const std::size_t before = input.size();
  const std::size_t size = before + more.size();
  if (!input.unique() || input.capacity() < size) {
    buffer joined = buffer::allocate(std::max(size, expected));
    if (!joined) return false;
    std::memcpy(joined.writable().data(), input.data(), before);
    input = std::move(joined);
  }
  input.resize(size);
  std::memcpy(input.writable().data() + before, more.data(), more.size());
  return true;
}

}  // namespace mirage::http
