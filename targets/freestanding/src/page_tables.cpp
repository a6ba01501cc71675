// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/page_tables.hpp"

#include <bit>
#include <new>

#include "mirage/core/panic.hpp"

namespace mirage::freestanding {

namespace {

constexpr std::uint64_t present = 1;
constexpr std::uint64_t writable = 1 << 1;
constexpr std::uint64_t write_through = 1 << 3;
constexpr std::uint64_t uncached = 1 << 4;
constexpr std::uint64_t large = 1 << 7;
constexpr std::uint64_t no_execute = std::uint64_t{1} << 63;
constexpr std::uint64_t address_bits = 0x000f'ffff'ffff'f000;

// Level 1 has pages of 4 KiB and level 2 of 2 MiB; levels 3 and 4 have only tables here.
constexpr unsigned top_level = 4;
constexpr unsigned large_level = 2;
constexpr std::uint64_t size_at(unsigned level) noexcept { return std::uint64_t{4096} << 9 * (level - 1); }

constexpr std::uint64_t bits_for(access how) noexcept {
  switch (how) {
    case access::none: return 0;
    case access::read: return present | no_execute;
    case access::read_write: return present | writable | no_execute;
    case access::execute: return present;
    case access::device: return present | writable | no_execute | uncached | write_through;
  }
  return 0;
}

constexpr access access_of(std::uint64_t entry) noexcept {
  if ((entry & present) == 0) return access::none;
  if ((entry & uncached) != 0) return access::device;
  if ((entry & writable) != 0) return access::read_write;
  return (entry & no_execute) != 0 ? access::read : access::execute;
}

constexpr std::uint64_t index_at(std::uint64_t address, unsigned level) noexcept {
  return address / size_at(level) % 512;
}

}  // namespace

page_tables::table* page_tables::make_table() noexcept {
  void* const room = memory_.allocate(sizeof(table), sizeof(table));
  require(room != nullptr, "there is no room for a page table");
  return new (room) table{};
}

std::uint64_t page_tables::root() const noexcept { return std::bit_cast<std::uint64_t>(root_); }

// The table that an entry of `level` points to; a large page there becomes a table of the same pages.
page_tables::table& page_tables::table_below(std::uint64_t& entry, unsigned level) noexcept {
  if ((entry & present) != 0 && (entry & large) == 0)
    return *std::bit_cast<table*>(static_cast<std::uintptr_t>(entry & address_bits));
  table* const made = make_table();
  if ((entry & present) != 0) {
    const std::uint64_t step = size_at(level - 1);
    for (std::uint64_t i = 0; i < 512; ++i) made->entries[i] = (entry & ~large) + i * step;
  }
  entry = std::bit_cast<std::uintptr_t>(made) | present | writable;
  return *made;
}

std::uint64_t& page_tables::entry_for(std::uint64_t address, unsigned level) noexcept {
  table* where = root_;
  for (unsigned above = top_level; above > level; --above)
    where = &table_below(where->entries[index_at(address, above)], above);
  return where->entries[index_at(address, level)];
}

void page_tables::map(std::uint64_t address, std::uint64_t size, access how) noexcept {
  std::uint64_t next = address / size_at(1) * size_at(1);
  const std::uint64_t end = address + size;
  while (next < end) {
    // A large page where none is there to be split for less.
    const bool whole = next % size_at(large_level) == 0 && end - next >= size_at(large_level);
    const unsigned level = whole ? large_level : 1;
    std::uint64_t& entry = entry_for(next, level);
    entry = how == access::none ? 0 : next | bits_for(how) | (whole ? large : 0);
    next += size_at(level);
  }
}

bool page_tables::map_device(std::uint64_t address, std::uint64_t size) noexcept {
  constexpr std::uint64_t end_of_addresses = std::uint64_t{1} << 47;
  if (address >= end_of_addresses || size > end_of_addresses - address) return false;
  for (std::uint64_t page = address / size_at(1) * size_at(1); page < address + size; page += size_at(1)) {
    const access now = at(page);
    if (now != access::none && now != access::device) return false;
  }
  map(address, size, access::device);
  return true;
}

access page_tables::at(std::uint64_t address) const noexcept {
  const table* where = root_;
  for (unsigned level = top_level; level > 0; --level) {
    const std::uint64_t entry = where->entries[index_at(address, level)];
    if (level == 1 || (entry & present) == 0 || (entry & large) != 0) return access_of(entry);
    where = std::bit_cast<const table*>(static_cast<std::uintptr_t>(entry & address_bits));
  }
  return access::none;
}

}  // namespace mirage::freestanding
