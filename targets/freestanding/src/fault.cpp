// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/fault.hpp"

#include <bit>

namespace mirage::freestanding {

namespace {

bool contains(cbytes range, std::uint64_t address) noexcept {
  const auto start = std::bit_cast<std::uintptr_t>(range.data());
  return address >= start && address - start < range.size();
}

std::string_view words_for_page_fault(const fault& what, std::span<const cbytes> guards) noexcept {
  constexpr std::uint64_t is_there = 1;
  constexpr std::uint64_t is_write = 2;
  constexpr std::uint64_t is_fetch = 16;
  const bool near_null = what.address < 4096;
  for (const cbytes guard : guards)
    if (contains(guard, what.address)) return "its stack overflowed";
  if ((what.error & is_fetch) != 0) {
    if (near_null) return "it called a null pointer";
    return (what.error & is_there) != 0 ? "it jumped to data" : "it jumped to memory that is not there";
  }
  if (near_null) return "it followed a null pointer";
  if ((what.error & is_there) == 0) return "it touched memory that is not there";
  return (what.error & is_write) != 0 ? "it wrote to read-only memory"
                                      : "it touched memory that is not its own";
}

}  // namespace

std::string_view words_for(const fault& what, std::span<const cbytes> guards) noexcept {
  switch (what.vector) {
    case 0: return "it divided by zero";
    case 1:
    case 3: return "it reached a breakpoint, and there is no debugger";
    case 2: return "the machine reported an error of its hardware";
    case 6: return "it failed a check of a container, or ran an instruction that does not exist";
    case 8: return "it had a fault while it handled one";
    case 12:
    case 13: return "it used an address that cannot be one, or an instruction that is forbidden";
    case 14: return words_for_page_fault(what, guards);
    case 16:
    case 19: return "it made an error in floating-point arithmetic";
    case 17: return "it used an address that is not aligned";
    case 18: return "the processor reported an error of its own";
    default: return "it had a fault of an unusual kind";
  }
}

}  // namespace mirage::freestanding
