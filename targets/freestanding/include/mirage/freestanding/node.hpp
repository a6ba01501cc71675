// SPDX-License-Identifier: ISC
// The node of a bare machine: all that core has, with the memory and the generator that no operating system
// gives. A target derives its own from it.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/command_line.hpp"
#include "mirage/core/node.hpp"
#include "mirage/freestanding/heap.hpp"
#include "mirage/freestanding/random_generator.hpp"

namespace mirage::freestanding {

class node : public os::node {
 public:
  /// `free_memory` is the heap's from now on; it must be aligned to a page.
  explicit node(bytes free_memory) noexcept : os::node(caps_for(free_memory.size())), memory(free_memory) {}

  /// The node that runs; on a bare machine it is always one of these.
  [[nodiscard]] static node& here() noexcept { return static_cast<node&>(*os::here); }

  heap memory;
  std::optional<random_generator> random;  // from the start on
  command_line_words words;
  std::span<const std::string_view> machine_words;  // of the command line, those that are not the unikernel's
  std::array<cbytes, 2> guards;                     // pages below the stacks, which nobody may touch

 private:
  // So that each pool refuses, and counts, before the heap has nothing left. What is many and lives for long
  // is frames.
  static os::limits caps_for(std::size_t memory) noexcept {
    return {.frames = memory / 2, .buffers = memory / 8 * 3};
  }
};

}  // namespace mirage::freestanding
