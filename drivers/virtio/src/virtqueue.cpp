// SPDX-License-Identifier: ISC
#include "mirage/virtio/virtqueue.hpp"

#include <atomic>
#include <cstring>

#include "mirage/core/endian.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/panic.hpp"

namespace mirage::virtio {

namespace {

// Layouts of §2.7.5, §2.7.6 and §2.7.8: the three parts lie behind each other in one piece of memory.
constexpr std::size_t descriptor_size = 16;
constexpr std::size_t used_entry_size = 8;
constexpr std::size_t ring_header = 4;  // flags, idx
constexpr std::size_t index_at = 2;

enum descriptor_flag : std::uint16_t { has_next = 1, device_writes = 2, is_indirect = 4 };
constexpr std::uint16_t no_interrupt = 1;  // of the available ring's flags
constexpr std::uint16_t no_notify = 1;     // of the used ring's flags

constexpr std::size_t descriptors_bytes(std::size_t size) { return descriptor_size * size; }
constexpr std::size_t available_bytes(std::size_t size) { return ring_header + 2 * size + 2; }
constexpr std::size_t used_at(std::size_t size) {
  return (descriptors_bytes(size) + available_bytes(size) + 63) & ~std::size_t{63};
}
constexpr std::size_t used_bytes(std::size_t size) { return ring_header + used_entry_size * size + 2; }

// What both sides touch: little-endian, aligned, and each read and written as a whole.
std::atomic_ref<std::uint16_t> shared(std::byte* at) noexcept {
  return std::atomic_ref(*static_cast<std::uint16_t*>(static_cast<void*>(at)));
}
static_assert(std::endian::native == std::endian::little, "virtio's rings are little-endian");

// Whether going from `old` to `now` passes `event` (§2.7.10).
bool passes(std::uint16_t event, std::uint16_t now, std::uint16_t old) noexcept {
  return static_cast<std::uint16_t>(now - event - 1) < static_cast<std::uint16_t>(now - old);
}

}  // namespace

virtqueue::virtqueue(const virtqueue_options& options)
    : size_(options.size),
      event_index_(options.event_index),
      indirect_(options.indirect),
      free_count_(options.size),
      slots_(std::make_unique<slot[]>(options.size)),
      ring_(std::make_unique<std::byte[]>(used_at(options.size) + used_bytes(options.size))),
      tables_(options.indirect == 0
                  ? nullptr
                  : std::make_unique<std::byte[]>(descriptor_size * options.indirect * options.size)) {
  require(size_ != 0 && size_ <= 32768 && (size_ & (size_ - 1)) == 0,
          "a virtqueue has a power of two of entries");
  for (std::uint16_t i = 0; i < size_; ++i) slots_[i].next = static_cast<std::uint16_t>(i + 1);
  disarm();
}

std::byte* virtqueue::available() const noexcept { return ring_.get() + descriptors_bytes(size_); }
std::byte* virtqueue::used() const noexcept { return ring_.get() + used_at(size_); }

queue_memory virtqueue::memory() const noexcept {
  return {.size = size_,
          .descriptors = machine::dma_address(ring_.get()),
          .available = machine::dma_address(available()),
          .used = machine::dma_address(used())};
}

// ---- Adding --------------------------------------------------------------------------------------------

bool virtqueue::has_room(std::size_t pieces) const noexcept {
  return pieces <= free_count_ || (free_count_ != 0 && pieces <= indirect_);
}

void virtqueue::put(std::byte* table, std::uint16_t index, cbytes piece, std::uint16_t flags,
                    std::uint16_t next) noexcept {
  std::byte* const at = table + descriptor_size * index;
  store_le64(at, machine::dma_address(piece.data()));
  store_le32(at + 8, static_cast<std::uint32_t>(piece.size()));
  store_le16(at + 12, flags);
  store_le16(at + 14, next);
}

std::uint16_t virtqueue::add(std::span<const cbytes> to_read, std::span<const cbytes> to_write) noexcept {
  const std::size_t pieces = to_read.size() + to_write.size();
  require(pieces != 0 && has_room(pieces), "a chain is put into a full virtqueue");
  const bool by_table = pieces > 1 && pieces <= indirect_;
  const std::uint16_t chain = by_table ? add_indirect(to_read, to_write) : add_direct(to_read, to_write);
  std::uint32_t writable = 0;
  for (const cbytes& piece : to_write) writable += static_cast<std::uint32_t>(piece.size());
  slots_[chain].writable = writable;
  const std::size_t place = added_ & (size_ - 1U);
  store_le16(available() + ring_header + 2 * place, chain);
  ++added_;
  ++in_flight_;
  return chain;
}

std::uint16_t virtqueue::add_direct(std::span<const cbytes> to_read,
                                    std::span<const cbytes> to_write) noexcept {
  const std::uint16_t chain = free_first_;
  std::size_t left = to_read.size() + to_write.size();
  slots_[chain].descriptors = static_cast<std::uint16_t>(left);
  free_count_ = static_cast<std::uint16_t>(free_count_ - left);
  auto put_next = [&](const cbytes& piece, std::uint16_t flags) {
    const std::uint16_t here = free_first_;
    free_first_ = slots_[here].next;
    if (--left != 0) flags |= has_next;
    put(ring_.get(), here, piece, flags, left != 0 ? free_first_ : std::uint16_t{0});
  };
  for (const cbytes& piece : to_read) put_next(piece, 0);
  for (const cbytes& piece : to_write) put_next(piece, device_writes);
  return chain;
}

std::uint16_t virtqueue::add_indirect(std::span<const cbytes> to_read,
                                      std::span<const cbytes> to_write) noexcept {
  const std::uint16_t chain = free_first_;
  free_first_ = slots_[chain].next;
  --free_count_;
  slots_[chain].descriptors = 1;
  std::byte* const table = tables_.get() + descriptor_size * indirect_ * chain;
  const std::size_t pieces = to_read.size() + to_write.size();
  std::uint16_t index = 0;
  auto put_next = [&](const cbytes& piece, std::uint16_t flags) {
    const auto next = static_cast<std::uint16_t>(index + 1);
    const bool last = next == pieces;
    put(table, index, piece, last ? flags : static_cast<std::uint16_t>(flags | has_next),
        last ? std::uint16_t{0} : next);
    index = next;
  };
  for (const cbytes& piece : to_read) put_next(piece, 0);
  for (const cbytes& piece : to_write) put_next(piece, device_writes);
  put(ring_.get(), chain, {table, descriptor_size * pieces}, is_indirect, 0);
  return chain;
}

bool virtqueue::publish() noexcept {
  const std::uint16_t before = published_;
  if (before == added_) return false;
  published_ = added_;
  shared(available() + index_at).store(published_, std::memory_order_release);
  // The device must see the entries before we look whether it sleeps.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!event_index_) return (shared(used()).load(std::memory_order_relaxed) & no_notify) == 0;
  std::byte* const wanted = used() + ring_header + used_entry_size * size_;
  return passes(shared(wanted).load(std::memory_order_relaxed), published_, before);
}

// ---- Completions ---------------------------------------------------------------------------------------

virtqueue::completion virtqueue::take() noexcept {
  if (fault_ != queue_fault::none) return {.what = completion::kind::broken};
  const std::uint16_t end = shared(used() + index_at).load(std::memory_order_acquire);
  const auto waiting = static_cast<std::uint16_t>(end - taken_);
  if (waiting == 0) return {};
  if (waiting > in_flight_) return fail(queue_fault::index_jumped);
  // Each is read once: the device may change it while we look.
  const std::byte* const entry = used() + ring_header + used_entry_size * (taken_ & (size_ - 1U));
  const std::uint32_t id = load_le32(entry);
  const std::uint32_t written = load_le32(entry + 4);
  if (id >= size_) return fail(queue_fault::id_out_of_range);
  const slot& chain = slots_[id];
  if (chain.descriptors == 0) return fail(queue_fault::not_in_flight);
  // Of a chain that is only read, some devices tell how much they read.
  if (chain.writable != 0 && written > chain.writable) return fail(queue_fault::length_too_long);
  const completion done{.what = completion::kind::done,
                        .chain = static_cast<std::uint16_t>(id),
                        .written = chain.writable == 0 ? 0 : written};
  ++taken_;
  release(done.chain);
  return done;
}

virtqueue::completion virtqueue::fail(queue_fault fault) noexcept {
  fault_ = fault;
  return {.what = completion::kind::broken};
}

void virtqueue::release(std::uint16_t chain) noexcept {
  std::uint16_t last = chain;
  for (std::uint16_t i = 1; i < slots_[chain].descriptors; ++i) last = slots_[last].next;
  slots_[last].next = free_first_;
  free_first_ = chain;
  free_count_ = static_cast<std::uint16_t>(free_count_ + slots_[chain].descriptors);
  slots_[chain].descriptors = 0;
  --in_flight_;
}

bool virtqueue::arm(std::uint16_t more) noexcept {
  if (event_index_) {
    std::byte* const wanted = available() + ring_header + 2 * std::size_t{size_};
    shared(wanted).store(static_cast<std::uint16_t>(taken_ + more), std::memory_order_relaxed);
  } else {
    shared(available()).store(0, std::memory_order_relaxed);
  }
  // The device must see the wish before we look whether it came too late.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const std::uint16_t end = shared(used() + index_at).load(std::memory_order_relaxed);
  return static_cast<std::uint16_t>(end - taken_) <= more;
}

void virtqueue::disarm() noexcept {
  if (!event_index_) shared(available()).store(no_interrupt, std::memory_order_relaxed);
}

}  // namespace mirage::virtio
