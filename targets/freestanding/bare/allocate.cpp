// SPDX-License-Identifier: ISC
// `operator new` and `malloc`, over the node's heap. Where the heap has no room, the forms that may not fail
// stop the unikernel with a report; those that may give null, which is what the pools of core ask.
#include <cstdlib>
#include <new>

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"
#include "mirage/freestanding/node.hpp"

namespace {

using mirage::freestanding::heap;

heap& memory() noexcept { return mirage::freestanding::node::here().memory; }

void* allocate(std::size_t size, std::size_t alignment = heap::block_alignment) noexcept {
  return memory().allocate(size, alignment);
}

[[noreturn]] void no_room(std::size_t size) noexcept {
  char text[128];
  mirage::text_writer line(text);
  mirage::format_to(line, "there is no room for {} bytes: {} of {} are in use", size, memory().used(),
                    memory().capacity());
  mirage::os::platform::crash(line.text(), {});
}

}  // namespace

std::size_t mirage::os::platform::memory_in_use() noexcept { return memory().used(); }

void* operator new(std::size_t size) {
  void* const block = allocate(size);
  if (block == nullptr) no_room(size);
  return block;
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  void* const block = allocate(size, static_cast<std::size_t>(alignment));
  if (block == nullptr) no_room(size);
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return operator new(size, alignment); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size); }
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* block) noexcept { memory().release(block); }
void operator delete(void* block, std::size_t) noexcept { memory().release(block); }
void operator delete(void* block, std::align_val_t) noexcept { memory().release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { memory().release(block); }
void operator delete[](void* block) noexcept { memory().release(block); }
void operator delete[](void* block, std::size_t) noexcept { memory().release(block); }
void operator delete[](void* block, std::align_val_t) noexcept { memory().release(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { memory().release(block); }

extern "C" void* malloc(std::size_t size) noexcept { return allocate(size); }
extern "C" void free(void* block) noexcept { memory().release(block); }
