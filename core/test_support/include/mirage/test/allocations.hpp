// SPDX-License-Identifier: ISC
// How often memory was taken from the heap, for tests of what shall take none.
#pragma once

#include <cstddef>

namespace mirage::test {

/// The calls of `operator new` in this program so far. A program that never asks keeps the usual one.
[[nodiscard]] std::size_t allocations() noexcept;

/// Those within `work`.
template <class Work>
[[nodiscard]] std::size_t allocations_of(Work work) {
  const std::size_t before = allocations();
  work();
  return allocations() - before;
}

}  // namespace mirage::test
