// SPDX-License-Identifier: ISC
// What a PVH loader tells the guest (xen/include/public/arch-x86/hvm/start_info.h): little-endian, at an
// address below 4 GiB that the guest gets in %ebx. pvh_entry.S hands it to the target.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"

namespace mirage::freestanding::pvh {

struct start_info {
  std::uint32_t magic;
  std::uint32_t version;
  std::uint32_t flags;
  std::uint32_t module_count;
  std::uint64_t modules;
  std::uint64_t command_line;  // address of a text that ends with a zero, or 0
  std::uint64_t acpi_root;     // address of the ACPI RSDP, or 0
  std::uint64_t memory_map;    // from version 1 on
  std::uint32_t memory_map_entries;
  std::uint32_t reserved;
};
inline constexpr std::uint32_t start_magic = 0x336ec578;

struct memory_map_entry {
  std::uint64_t address;
  std::uint64_t size;
  std::uint32_t type;
  std::uint32_t reserved;
};
inline constexpr std::uint32_t ordinary_memory = 1;

[[nodiscard]] std::span<const memory_map_entry> memory_map(const start_info& info) noexcept;

/// As the loader left it, wherever that is.
[[nodiscard]] std::string_view command_line(const start_info& info) noexcept;

/// Whole pages that nobody uses: from `image_end` to the end of the range in which the image lies, without
/// what the loader has left there (Xen's puts it right behind the image, others below). Empty where the map
/// has no such range.
[[nodiscard]] bytes free_memory(const start_info& info, std::uint64_t image_end) noexcept;

}  // namespace mirage::freestanding::pvh

/// Defined by a target that is entered by PVH: its first C++ function. There is no stack protector's canary
/// yet but zero, and nothing above the first gigabyte is mapped.
extern "C" [[noreturn]] void pvh_start(const mirage::freestanding::pvh::start_info* info);
