// SPDX-License-Identifier: ISC
// The four levels of page tables of x86-64 (Intel SDM volume 3, §4.5), for memory whose virtual address is
// its physical one. What was not mapped cannot be touched.
#pragma once

#include <cstdint>

#include "mirage/freestanding/heap.hpp"

namespace mirage::freestanding {

enum class access : std::uint8_t { none, read, read_write, execute, device };

class page_tables {
 public:
  /// Tables are taken from `memory` as they are needed.
  explicit page_tables(heap& memory) noexcept : memory_(memory), root_(make_table()) {}
  page_tables(const page_tables&) = delete;
  page_tables& operator=(const page_tables&) = delete;

  /// Maps whole pages: those that the range touches. A later call for the same page wins. Stops the unikernel
  /// where there is no room for a table. The processor sees it after `cpu::load_page_tables`.
  void map(std::uint64_t address, std::uint64_t size, access how) noexcept;

  /// The same for the registers of a device. False, and nothing is mapped, where there is memory, which they
  /// would take the place of, or where no address can be.
  [[nodiscard]] bool map_device(std::uint64_t address, std::uint64_t size) noexcept;

  /// What may be done with the byte there.
  [[nodiscard]] access at(std::uint64_t address) const noexcept;

  /// What register CR3 points to.
  [[nodiscard]] std::uint64_t root() const noexcept;

 private:
  struct table {
    std::uint64_t entries[512];
  };
  table* make_table() noexcept;
  table& table_below(std::uint64_t& entry, unsigned level) noexcept;
  std::uint64_t& entry_for(std::uint64_t address, unsigned level) noexcept;

  heap& memory_;
  table* root_;
};

}  // namespace mirage::freestanding
