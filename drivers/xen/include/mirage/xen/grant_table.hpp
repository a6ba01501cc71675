// SPDX-License-Identifier: ISC
// The pages that we lend to other domains: a grant table of version 1 (xen/include/public/grant_table.h) and
// which of its entries are free. No hypercall is made here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/core/result.hpp"
#include "mirage/xen/hypervisor.hpp"

namespace mirage::xen {

/// grant_entry_v1.
struct grant_entry {
  static constexpr std::uint16_t permit_access = 1;
  static constexpr std::uint16_t readonly = 1 << 2;
  static constexpr std::uint16_t reading = 1 << 3;  // the other domain has it mapped
  static constexpr std::uint16_t writing = 1 << 4;
  std::uint16_t flags;  // Xen changes them
  domain_id domid;
  std::uint32_t frame;  // of a free entry: the next free one
};
static_assert(sizeof(grant_entry) == 8);

class grant_table {
 public:
  static constexpr std::size_t entries_per_frame = page_size / sizeof(grant_entry);

  grant_table() noexcept = default;
  grant_table(const grant_table&) = delete;
  grant_table& operator=(const grant_table&) = delete;

  /// The table is this long from now on, which is not shorter than before, and at the same place.
  void extend(std::span<grant_entry> table) noexcept;
  /// There is no table any more, and nothing granted.
  void forget() noexcept {
    entries_ = {};
    free_ = 0;
    in_use_ = 0;
  }

  /// `exhausted` when no entry is free.
  [[nodiscard]] result<grant_reference, hypervisor_error> grant(domain_id remote, std::uint64_t frame,
                                                                access how) noexcept;
  /// False: the other domain has it mapped, and the entry stays.
  [[nodiscard]] bool end_access(grant_reference reference) noexcept;
  /// The page of an entry that is in use.
  [[nodiscard]] std::uint64_t frame_of(grant_reference reference) const noexcept;

  [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  [[nodiscard]] bool is_ours(grant_reference reference) const noexcept;
  // The first few belong to the toolstack; 0 also says that there is none.
  static constexpr grant_reference first_of_ours = 8;

  std::span<grant_entry> entries_;
  grant_reference free_ = 0;
  std::size_t in_use_ = 0;
};

}  // namespace mirage::xen
