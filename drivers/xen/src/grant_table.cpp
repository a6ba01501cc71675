// SPDX-License-Identifier: ISC
#include "mirage/xen/grant_table.hpp"

#include <algorithm>
#include <atomic>

#include "mirage/core/panic.hpp"

namespace mirage::xen {

namespace {

std::atomic_ref<std::uint16_t> flags_of(grant_entry& entry) noexcept {
  return std::atomic_ref<std::uint16_t>(entry.flags);
}

}  // namespace

void grant_table::extend(std::span<grant_entry> table) noexcept {
  const auto first = std::max<std::size_t>(entries_.size(), first_of_ours);
  entries_ = table;
  for (std::size_t i = table.size(); i-- > first;) {
    table[i] = {.flags = 0, .domid = 0, .frame = free_};
    free_ = static_cast<grant_reference>(i);
  }
}

result<grant_reference, hypervisor_error> grant_table::grant(domain_id remote, std::uint64_t frame,
                                                             access how) noexcept {
  if (free_ == 0) return std::unexpected(hypervisor_error::exhausted);
  const grant_reference reference = free_;
  grant_entry& entry = entries_[reference];
  free_ = entry.frame;
  entry.domid = remote;
  entry.frame = static_cast<std::uint32_t>(frame);
  // The other domain may use it from here on.
  flags_of(entry).store(static_cast<std::uint16_t>(grant_entry::permit_access |
                                                   (how == access::read_only ? grant_entry::readonly : 0)),
                        std::memory_order_release);
  ++in_use_;
  return reference;
}

bool grant_table::end_access(grant_reference reference) noexcept {
  require(is_ours(reference), "a grant is ended that was not made");
  grant_entry& entry = entries_[reference];
  std::uint16_t flags = flags_of(entry).load();
  do {
    if ((flags & (grant_entry::reading | grant_entry::writing)) != 0) return false;
  } while (!flags_of(entry).compare_exchange_weak(flags, 0));
  entry.frame = free_;
  free_ = reference;
  --in_use_;
  return true;
}

std::uint64_t grant_table::frame_of(grant_reference reference) const noexcept {
  require(is_ours(reference), "a grant is asked for that was not made");
  return entries_[reference].frame;
}

bool grant_table::is_ours(grant_reference reference) const noexcept {
  return reference >= first_of_ours && reference < entries_.size() &&
         flags_of(entries_[reference]).load() != 0;
}

}  // namespace mirage::xen
