// SPDX-License-Identifier: ISC
// Preloaded into an image: counts every call for memory (malloc and its sisters, and mmap) in the eight bytes
// of the file that ALLOCATION_COUNT names, which whoever started the image reads.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

using count = std::atomic<std::uint64_t>;
count before_the_file{0};
count* calls = &before_the_file;

void* map(void* at, std::size_t size, int protection, int flags, int file, off_t offset) {
  return reinterpret_cast<void*>(::syscall(SYS_mmap, at, size, protection, flags, file, offset));
}

[[gnu::constructor]] void open_file() {
  const char* name = std::getenv("ALLOCATION_COUNT");
  const int file = name == nullptr ? -1 : ::open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) std::abort();
  void* memory = map(nullptr, sizeof(count), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) std::abort();
  ::close(file);
  calls = static_cast<count*>(memory);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  ++*calls;
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
  ++*calls;
  return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) {
  ++*calls;
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  ++*calls;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** result, std::size_t alignment, std::size_t size) {
  *result = memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}
void* mmap(void* at, std::size_t size, int protection, int flags, int file, off_t offset) {
  ++*calls;
  return map(at, size, protection, flags, file, offset);
}
}
