// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/pvh.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "mirage/freestanding/heap.hpp"

namespace mirage::freestanding::pvh {

namespace {

constexpr std::uint64_t page_size = heap::page_size;

struct range {
  std::uint64_t begin;
  std::uint64_t end;
};

template <class T>
const T* at(std::uint64_t address) noexcept {
  return reinterpret_cast<const T*>(address);
}

constexpr std::uint64_t page_above(std::uint64_t address) noexcept {
  return (address + page_size - 1) / page_size * page_size;
}
constexpr std::uint64_t page_below(std::uint64_t address) noexcept { return address / page_size * page_size; }

std::array<range, 3> left_by_loader(const start_info& info) noexcept {
  const auto itself = std::bit_cast<std::uint64_t>(&info);
  return {{{itself, itself + sizeof info},
           {info.command_line, info.command_line + command_line(info).size() + 1},
           {info.memory_map, info.memory_map + memory_map(info).size_bytes()}}};
}

// Of two pieces beside something that is in use, the larger one.
range without(range whole, range used) noexcept {
  if (used.end <= whole.begin || used.begin >= whole.end) return whole;
  const range before{whole.begin, std::max(whole.begin, page_below(used.begin))};
  const range behind{std::min(whole.end, page_above(used.end)), whole.end};
  return before.end - before.begin > behind.end - behind.begin ? before : behind;
}

}  // namespace

std::span<const memory_map_entry> memory_map(const start_info& info) noexcept {
  return {at<memory_map_entry>(info.memory_map), info.version >= 1 ? info.memory_map_entries : 0};
}

std::string_view command_line(const start_info& info) noexcept {
  return info.command_line != 0 ? std::string_view(at<char>(info.command_line)) : std::string_view();
}

bytes free_memory(const start_info& info, std::uint64_t image_end) noexcept {
  const std::uint64_t first = page_above(image_end);
  for (const memory_map_entry& entry : memory_map(info)) {
    const std::uint64_t end = page_below(entry.address + entry.size);
    if (entry.type != ordinary_memory || entry.address >= first || end <= first) continue;
    range found{first, end};
    for (const range& used : left_by_loader(info)) found = without(found, used);
    return {reinterpret_cast<std::byte*>(found.begin), found.end - found.begin};
  }
  return {};
}

}  // namespace mirage::freestanding::pvh
