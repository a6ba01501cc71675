// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/protection.hpp"

#include <bit>

#include "mirage/core/panic.hpp"
#include "mirage/freestanding/image.hpp"

namespace mirage::freestanding {

namespace {

access access_of(const Elf64_Phdr& segment) noexcept {
  if ((segment.p_flags & PF_W) != 0) return access::read_write;
  return (segment.p_flags & PF_X) != 0 ? access::execute : access::read;
}

}  // namespace

void map_image(page_tables& pages) noexcept {
  for (const Elf64_Phdr& segment : image::segments()) {
    if (segment.p_type == PT_LOAD) pages.map(segment.p_vaddr, segment.p_memsz, access_of(segment));
  }
  // What the linker has laid out for a loader that relocates; here nothing has to be.
  for (const Elf64_Phdr& segment : image::segments()) {
    if (segment.p_type == PT_GNU_RELRO) pages.map(segment.p_vaddr, segment.p_memsz, access::read);
  }
}

bytes make_stack(heap& memory, page_tables& pages, std::size_t size, cbytes& guard) noexcept {
  constexpr std::size_t page_size = heap::page_size;
  auto* const lowest = static_cast<std::byte*>(memory.allocate(page_size + size, page_size));
  require(lowest != nullptr, "there is no room for a stack");
  guard = {lowest, page_size};
  pages.map(std::bit_cast<std::uint64_t>(lowest), page_size, access::none);
  return {lowest + page_size, size};
}

}  // namespace mirage::freestanding
