// SPDX-License-Identifier: ISC
// Tells the address sanitizer which memory of a pool is free, so that it finds the use of a frame or buffer
// that was given back. Nothing in other builds.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MIRAGE_ADDRESS_SANITIZER 1
#include <sanitizer/asan_interface.h>
#endif
#endif

namespace mirage::detail {

#if defined(MIRAGE_ADDRESS_SANITIZER)
inline void poison(const void* memory, std::size_t size) noexcept {
  __asan_poison_memory_region(memory, size);
}
inline void unpoison(const void* memory, std::size_t size) noexcept {
  __asan_unpoison_memory_region(memory, size);
}
#else
inline void poison(const void*, std::size_t) noexcept {}
inline void unpoison(const void*, std::size_t) noexcept {}
#endif

}  // namespace mirage::detail
