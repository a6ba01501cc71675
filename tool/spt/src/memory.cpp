// SPDX-License-Identifier: ISC
#include "memory.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>

namespace mirage::tender {

namespace {

using solo5::spt::boot_info;

constexpr std::uint64_t page = 4096;
// Between the beginning of memory and the lowest segment: the boot information, then these.
constexpr std::uint64_t manifest_address = 0x12000;
constexpr std::uint64_t command_line_address = 0x14000;
constexpr std::uint64_t command_line_room = 8192;
static_assert(sizeof(solo5::manifest_header) + solo5::max_entries * sizeof(solo5::manifest_entry) <=
              command_line_address - manifest_address);

std::byte* at(std::uint64_t address) noexcept { return reinterpret_cast<std::byte*>(address); }

result<void, std::string> protect(const segment& what) {
  const std::uint64_t first = what.address / page * page;
  const std::uint64_t size = (what.address + what.size - first + page - 1) / page * page;
  int rights = PROT_READ;
  if (what.writable) rights |= PROT_WRITE;
  if (what.executable) rights |= PROT_EXEC;
  if (::mprotect(at(first), static_cast<std::size_t>(size), rights) == 0) return {};
  return fail("the memory of the image cannot be protected: " + std::string(std::strerror(errno)));
}

// A page below the stack that nobody may touch, where the image leaves one.
result<void, std::string> guard_stack(const unikernel_image& image, std::uint64_t size) {
  if (image.stack_size == 0) return {};
  const std::uint64_t end = size / page * page;
  if (image.stack_size > end || end - image.stack_size < image.end + page)
    return fail(std::string("there is no room for the stack of the image; give it more --memory"));
  const std::uint64_t guard = (end - image.stack_size) / page * page - page;
  if (::mprotect(at(guard), page, PROT_NONE) == 0) return {};
  return fail("the stack of the image cannot be guarded: " + std::string(std::strerror(errno)));
}

}  // namespace

result<guest_memory, std::string> guest_memory::make(const unikernel_image& image, std::uint64_t size) {
  using solo5::spt::memory_base;
  void* const base =
      ::mmap(at(memory_base), static_cast<std::size_t>(size - memory_base), PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (base != at(memory_base))
    return fail("the memory of the unikernel cannot be had at 0x10000 (" + std::string(std::strerror(errno)) +
                "); the kernel's vm.mmap_min_addr may be at most 65536");
  guest_memory made(size, image.end);
  for (const segment& each : image.segments) {
    if (!each.content.empty()) std::memcpy(at(each.address), each.content.data(), each.content.size());
    MIRAGE_TRY_VOID(protect(each));
  }
  MIRAGE_TRY_VOID(guard_stack(image, size));
  made.manifest_ = {at(manifest_address), image.manifest.size()};
  std::memcpy(made.manifest_.data(), image.manifest.data(), image.manifest.size());
  return made;
}

result<const boot_info*, std::string> guest_memory::tell(std::string_view command_line, int epoll,
                                                         int timer) const {
  if (command_line.size() >= command_line_room)
    return fail(std::string("the arguments of the unikernel are longer than 8191 bytes"));
  command_line.copy(static_cast<char*>(static_cast<void*>(at(command_line_address))), command_line_room - 1);
  return new (at(solo5::spt::boot_info_address)) boot_info{.memory_size = size_,
                                                           .kernel_end = kernel_end_,
                                                           .command_line = command_line_address,
                                                           .manifest = manifest_address,
                                                           .epoll = epoll,
                                                           .timer = timer};
}

void enter(std::uint64_t entry, const boot_info* boot) noexcept {
  asm volatile(
      "mov %[stack], %%rsp\n\t"
      "xor %%ebp, %%ebp\n\t"
      "jmp *%[entry]"
      :
      : [entry] "r"(entry), [stack] "r"(boot->memory_size - 8), "D"(boot)
      : "memory");
  __builtin_unreachable();
}

}  // namespace mirage::tender
