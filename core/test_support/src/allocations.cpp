// SPDX-License-Identifier: ISC
#include "mirage/test/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {
constinit std::size_t count = 0;
}

void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  std::abort();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace mirage::test {

std::size_t allocations() noexcept { return count; }

}  // namespace mirage::test
