// SPDX-License-Identifier: ISC
#include "mirage/freestanding/heap.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mirage/core/panic.hpp"

namespace mirage::freestanding {

namespace {

constexpr std::string_view never_allocated = "memory was given back that is not in use";
constexpr std::uint16_t no_block = UINT16_MAX;

// A free block begins with the number of the next one in its slab.
std::uint16_t next_of(const std::byte* block) noexcept {
  std::uint16_t next = 0;
  std::memcpy(&next, block, sizeof next);
  return next;
}
void set_next(std::byte* block, std::uint16_t next) noexcept { std::memcpy(block, &next, sizeof next); }

}  // namespace

// Steps of 16 up to 128, then four sizes for each doubling: at most a fifth of a block is wasted.
std::size_t heap::class_of(std::size_t size) noexcept {
  if (size <= linear_classes * block_alignment)
    return size == 0 ? 0 : (size + block_alignment - 1) / block_alignment - 1;
  const auto exponent = static_cast<std::size_t>(std::bit_width(size - 1)) - 1;
  return linear_classes + (exponent - 7) * 4 + ((size - 1) >> (exponent - 2)) % 4;
}

std::size_t heap::size_of_class(std::size_t which) noexcept {
  if (which < linear_classes) return (which + 1) * block_alignment;
  const std::size_t beyond = which - linear_classes;
  return (5 + beyond % 4) << (5 + beyond / 4);
}

// The fewest that hold four blocks and waste no more than a sixteenth.
heap::index heap::pages_of_class(std::size_t which) noexcept {
  const std::size_t size = size_of_class(which);
  index count = static_cast<index>((4 * size + page_size - 1) / page_size);
  while (count * page_size % size * 16 > count * page_size) ++count;
  return count;
}

// Runs of up to 32 pages by their length, longer ones in four bins for each doubling.
std::size_t heap::bin_of(index length) noexcept {
  if (length <= exact_bins) return length - 1;
  const auto exponent = static_cast<std::size_t>(std::bit_width(length)) - 1;
  return exact_bins + (exponent - 5) * 4 + (length >> (exponent - 2)) % 4;
}

heap::heap(bytes memory) noexcept {
  const std::size_t all = memory.size() / page_size;
  const std::size_t map = (all * sizeof(page) + page_size - 1) / page_size;
  pages_ = static_cast<page*>(static_cast<void*>(memory.data()));
  base_ = memory.data() + map * page_size;
  page_count_ = static_cast<index>(std::min<std::size_t>(all - map, none - 1));
  open_slabs_.fill(none);
  free_runs_.fill(none);
}

void* heap::allocate(std::size_t size, std::size_t alignment) noexcept {
  if (alignment > block_alignment) size = std::max(size, alignment);
  void* block = nullptr;
  std::size_t which = size <= largest_small ? class_of(size) : classes;
  while (which < classes && size_of_class(which) % alignment != 0) ++which;
  if (which < classes && alignment <= page_size) {
    block = allocate_small(which);
  } else {
    block = allocate_large(size, alignment);
  }
  peak_ = std::max(peak_, used_);
  return block;
}

void heap::release(void* block) noexcept {
  if (block == nullptr) return;
  auto* const start = static_cast<std::byte*>(block);
  const auto offset = static_cast<std::size_t>(start - base_);
  const auto first = static_cast<index>(offset / page_size);
  require(start >= base_ && offset / page_size < frontier_, never_allocated);
  switch (pages_[first].is) {
    case role::slab: return release_small(first, start);
    case role::slab_rest: return release_small(first - pages_[first].length, start);
    case role::large_run: {
      require(offset % page_size == 0, never_allocated);
      used_ -= std::size_t{pages_[first].length} * page_size;
      return give_run(first, pages_[first].length);
    }
    case role::free_run: break;
  }
  require(false, never_allocated);
}

void* heap::allocate_small(std::size_t which) noexcept {
  index slab = open_slabs_[which];
  if (slab == none) slab = make_slab(which);
  if (slab == none) return nullptr;
  page& of = pages_[slab];
  const std::size_t size = size_of_class(which);
  std::byte* const block = address_of(slab) + of.first_free * size;
  of.first_free = next_of(block);
  ++of.live;
  if (of.first_free == no_block) remove(open_slabs_[which], slab);
  used_ += size;
  return block;
}

void heap::release_small(index slab, std::byte* block) noexcept {
  page& of = pages_[slab];
  const std::size_t which = of.size_class;
  const std::size_t size = size_of_class(which);
  const auto offset = static_cast<std::size_t>(block - address_of(slab));
  require(of.live != 0 && offset % size == 0, never_allocated);
  if (of.first_free == no_block) insert(open_slabs_[which], slab);
  set_next(block, of.first_free);
  of.first_free = static_cast<std::uint16_t>(offset / size);
  --of.live;
  used_ -= size;
  // The last open one stays, so that one block that comes and goes does not make a slab each time.
  if (of.live == 0 && (of.next != none || of.previous != none)) {
    remove(open_slabs_[which], slab);
    give_run(slab, pages_of_class(which));
  }
}

heap::index heap::make_slab(std::size_t which) noexcept {
  const index length = pages_of_class(which);
  const index slab = take_run(length);
  if (slab == none) return none;
  for (index i = 1; i < length; ++i) {
    pages_[slab + i].is = role::slab_rest;
    pages_[slab + i].length = i;
  }
  page& of = pages_[slab];
  of.is = role::slab;
  of.size_class = static_cast<std::uint8_t>(which);
  of.live = 0;
  of.first_free = 0;
  const std::size_t size = size_of_class(which);
  const std::size_t count = length * page_size / size;
  for (std::size_t i = 0; i < count; ++i) {
    set_next(address_of(slab) + i * size, i + 1 < count ? static_cast<std::uint16_t>(i + 1) : no_block);
  }
  insert(open_slabs_[which], slab);
  return slab;
}

bool heap::drop_empty_slabs() noexcept {
  bool found = false;
  for (std::size_t which = 0; which < classes; ++which) {
    index slab = open_slabs_[which];
    while (slab != none && pages_[slab].live != 0) slab = pages_[slab].next;
    if (slab == none) continue;  // at most one of a class is kept
    remove(open_slabs_[which], slab);
    give_run(slab, pages_of_class(which));
    found = true;
  }
  return found;
}

void* heap::allocate_large(std::size_t size, std::size_t alignment) noexcept {
  if (size > capacity() || alignment > capacity()) return nullptr;
  const auto length = static_cast<index>((size + page_size - 1) / page_size);
  const auto slack = static_cast<index>(alignment > page_size ? alignment / page_size - 1 : 0);
  if (slack >= none - length) return nullptr;
  const index found = take_run(length + slack);
  if (found == none) return nullptr;
  const auto start = std::bit_cast<std::uintptr_t>(address_of(found));
  const auto before = static_cast<index>((0 - start) % alignment / page_size);
  if (before > slack) {  // a run of ours is aligned to a page
    give_run(found, length + slack);
    return nullptr;
  }
  mark_run(found + before, length, role::large_run);
  if (slack > before) give_run(found + before + length, slack - before);
  if (before > 0) give_run(found, before);
  used_ += std::size_t{length} * page_size;
  return address_of(found + before);
}

// A run that nobody has, neither on a list nor marked.
heap::index heap::take_run(index length) noexcept {
  do {
    if (const index found = find_run(length); found != none) {
      const index there = pages_[found].length;
      remove_free(found);
      if (there > length) insert_free(found + length, there - length);
      return found;
    }
    if (page_count_ - frontier_ >= length) {
      const index found = frontier_;
      frontier_ += length;
      return found;
    }
  } while (drop_empty_slabs());
  return none;
}

heap::index heap::find_run(index length) const noexcept {
  // In its own bin a run may be too short; a few looks, then any of the next bin will do.
  const std::size_t own = bin_of(length);
  index candidate = free_runs_[own];
  for (unsigned looks = 0; candidate != none && looks < 8; ++looks, candidate = pages_[candidate].next) {
    if (pages_[candidate].length >= length) return candidate;
  }
  for (std::size_t bin = own + 1; bin < bins; bin = (bin | 63) + 1) {
    const std::uint64_t filled = filled_bins_[bin / 64] >> bin % 64;
    if (filled != 0) return free_runs_[bin + static_cast<std::size_t>(std::countr_zero(filled))];
  }
  return none;
}

void heap::give_run(index first, index length) noexcept {
  if (first > 0 && pages_[first - 1].is == role::free_run) {
    const index before = pages_[first - 1].length;
    remove_free(first - before);
    first -= before;
    length += before;
  }
  const index behind = first + length;
  if (behind < frontier_ && pages_[behind].is == role::free_run) {
    length += pages_[behind].length;
    remove_free(behind);
  }
  if (first + length == frontier_) {
    frontier_ = first;
  } else {
    insert_free(first, length);
  }
}

void heap::mark_run(index first, index length, role is) noexcept {
  for (const index end : {first, first + length - 1}) {
    pages_[end].is = is;
    pages_[end].length = length;
  }
}

void heap::insert_free(index first, index length) noexcept {
  mark_run(first, length, role::free_run);
  const std::size_t bin = bin_of(length);
  insert(free_runs_[bin], first);
  filled_bins_[bin / 64] |= std::uint64_t{1} << bin % 64;
}

void heap::remove_free(index first) noexcept {
  const std::size_t bin = bin_of(pages_[first].length);
  remove(free_runs_[bin], first);
  if (free_runs_[bin] == none) filled_bins_[bin / 64] &= ~(std::uint64_t{1} << bin % 64);
}

void heap::insert(index& list, index first) noexcept {
  pages_[first].next = list;
  pages_[first].previous = none;
  if (list != none) pages_[list].previous = first;
  list = first;
}

void heap::remove(index& list, index first) noexcept {
  const index next = pages_[first].next;
  const index previous = pages_[first].previous;
  if (previous != none) {
    pages_[previous].next = next;
  } else {
    list = next;
  }
  if (next != none) pages_[next].previous = previous;
}

}  // namespace mirage::freestanding
