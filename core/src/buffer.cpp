// SPDX-License-Identifier: ISC
#include "mirage/core/buffer.hpp"

#include "mirage/core/node.hpp"

namespace mirage {

buffer buffer::allocate(std::size_t size) noexcept {
  detail::buffer_storage* storage = os::here->buffers.allocate(size);
  if (storage == nullptr) return {};
  return adopt(*storage, size);
}

buffer buffer::copy_of(cbytes from) noexcept {
  buffer copy = allocate(from.size());
  if (copy && !from.empty()) std::memcpy(copy.writable().data(), from.data(), from.size());
  return copy;
}

}  // namespace mirage
