// SPDX-License-Identifier: ISC
// What both ABIs have in common from their entry points on.
#pragma once

#include <cstdint>
#include <new>

#include "mirage/core/bytes.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/freestanding/start.hpp"
#include "solo5_node.hpp"

namespace mirage::solo5 {

/// What both boot informations say, as addresses.
struct boot_facts {
  std::uint64_t memory_size;
  std::uint64_t kernel_end;
  std::uint64_t command_line;
  std::uint64_t manifest;
};

/// The memory between the image and the stack, which lies at the end.
bytes free_memory(const boot_facts& boot) noexcept;

/// Reads the manifest and runs the unikernel. One that no tender can have filled in ends it with a sentence.
[[noreturn]] void start(solo5_node& self, const boot_facts& boot) noexcept;

/// Makes the node at the beginning of the free memory, and `os::here` point to it.
template <class Node>
Node& make_node(const boot_facts& boot) noexcept {
  constexpr std::size_t page = freestanding::heap::page_size;
  constexpr std::size_t reserved = (sizeof(Node) + page - 1) / page * page;
  const bytes memory = free_memory(boot);
  if (memory.size() < 2 * reserved) freestanding::platform::halt(2);
  Node* const made = new (memory.data()) Node(memory.subspan(reserved));
  os::here = made;
  return *made;
}

}  // namespace mirage::solo5
