// SPDX-License-Identifier: ISC
#include "mirage/freestanding/image.hpp"

#include <algorithm>

extern "C" {
// Made by the linker.
extern const Elf64_Ehdr __ehdr_start;
extern const mirage::freestanding::image::initialiser __init_array_start[];
extern const mirage::freestanding::image::initialiser __init_array_end[];
}

namespace mirage::freestanding::image {

std::span<const Elf64_Phdr> segments() noexcept {
  const auto* const start = static_cast<const std::byte*>(static_cast<const void*>(&__ehdr_start));
  const void* const table = start + __ehdr_start.e_phoff;
  return {static_cast<const Elf64_Phdr*>(table), __ehdr_start.e_phnum};
}

std::byte* end() noexcept {
  Elf64_Addr last = 0;
  for (const Elf64_Phdr& segment : segments()) {
    if (segment.p_type == PT_LOAD) last = std::max(last, segment.p_vaddr + segment.p_memsz);
  }
  return reinterpret_cast<std::byte*>(last);
}

thread_template thread_locals() noexcept {
  for (const Elf64_Phdr& segment : segments()) {
    if (segment.p_type != PT_TLS) continue;
    const auto* const start = reinterpret_cast<const std::byte*>(segment.p_vaddr);
    return {{start, segment.p_filesz}, segment.p_memsz, segment.p_align};
  }
  return {{}, 0, 1};
}

std::span<const initialiser> initialisers() noexcept {
  return {__init_array_start, static_cast<std::size_t>(__init_array_end - __init_array_start)};
}

}  // namespace mirage::freestanding::image
