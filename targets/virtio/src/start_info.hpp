// SPDX-License-Identifier: ISC
// What a PVH loader tells the guest (xen/include/public/arch-x86/hvm/start_info.h): little-endian, at an
// address below 4 GiB that the guest gets in %ebx.
#pragma once

#include <cstdint>

namespace mirage::pvh {

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

}  // namespace mirage::pvh
