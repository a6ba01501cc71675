// SPDX-License-Identifier: ISC
// What the processor says of a fault, in words (Intel SDM volume 3, chapter 6).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"

namespace mirage::freestanding {

struct fault {
  std::uint64_t vector;
  std::uint64_t error;    // the error code that the processor pushed
  std::uint64_t address;  // that a page fault is about
};

/// A clause whose subject is the unikernel. `guards` are the pages below the stacks.
std::string_view words_for(const fault& what, std::span<const cbytes> guards) noexcept;

/// A page fault because of the instruction itself, which could not be fetched.
[[nodiscard]] constexpr bool is_fetch(const fault& what) noexcept {
  return what.vector == 14 && (what.error & 16) != 0;
}

/// Whether those words are about `address`.
[[nodiscard]] constexpr bool is_page_fault(const fault& what) noexcept { return what.vector == 14; }

}  // namespace mirage::freestanding
