// SPDX-License-Identifier: ISC
// What the program headers say about the image that runs (System V gABI, chapter 5). The linker puts them at
// the image's beginning, so no linker script has to name these places.
#pragma once

#include <elf.h>

#include <cstddef>
#include <span>

#include "mirage/core/bytes.hpp"

namespace mirage::freestanding::image {

/// All of them; the first segment holds them.
std::span<const Elf64_Phdr> segments() noexcept;

/// The first byte behind everything that was loaded, zeroed memory included.
std::byte* end() noexcept;

struct thread_template {
  cbytes content;
  std::size_t size;  // zeros follow the content
  std::size_t alignment;
};
thread_template thread_locals() noexcept;

using initialiser = void (*)();
/// Constructors of static objects, in order.
std::span<const initialiser> initialisers() noexcept;

}  // namespace mirage::freestanding::image
