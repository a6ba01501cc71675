// SPDX-License-Identifier: ISC
// Words that the other end reads and writes at any time: each is read and written as a whole, once.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mirage::xen {

static_assert(std::endian::native == std::endian::little, "the layouts of Xen on x86 and arm64");

/// `at` is aligned as a `T`.
template <class T = std::uint32_t>
[[nodiscard]] inline std::atomic_ref<T> shared(std::byte* at) noexcept {
  return std::atomic_ref(*static_cast<T*>(static_cast<void*>(at)));
}

}  // namespace mirage::xen
