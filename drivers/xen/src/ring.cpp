// SPDX-License-Identifier: ISC
#include "mirage/xen/ring.hpp"

#include <bit>
#include <cstring>

#include "mirage/core/endian.hpp"
#include "mirage/core/panic.hpp"
#include "shared.hpp"

namespace mirage::xen {

namespace {

constexpr std::size_t page_bytes = 4096;
constexpr std::size_t request_producer = 0;
constexpr std::size_t request_event = 4;
constexpr std::size_t response_producer = 8;
constexpr std::size_t response_event = 12;
constexpr std::size_t entries_at = 64;

// Whether going from `old` to `now` passes `event`.
bool passes(std::uint32_t event, std::uint32_t now, std::uint32_t old) noexcept {
  return now - event < now - old;
}

}  // namespace

front_ring::front_ring(std::byte* page, std::size_t entry) noexcept
    : page_(page),
      entry_(entry),
      size_(static_cast<std::uint32_t>(std::bit_floor((page_bytes - entries_at) / entry))) {
  require(entry % 4 == 0 && size_ != 0, "a ring of entries that do not fit");
  std::memset(page_, 0, page_bytes);
  shared(page_ + request_event).store(1, std::memory_order_relaxed);
  shared(page_ + response_event).store(1, std::memory_order_relaxed);
}

std::byte* front_ring::at(std::uint32_t index) const noexcept {
  return page_ + entries_at + entry_ * (index & (size_ - 1));
}

front_ring::request front_ring::add() noexcept {
  require(room() != 0, "a request is put into a full ring");
  const std::uint32_t index = added_++;
  return {.entry = at(index), .place = index & (size_ - 1)};
}

bool front_ring::publish() noexcept {
  const std::uint32_t before = published_;
  if (before == added_) return false;
  published_ = added_;
  shared(page_ + request_producer).store(published_, std::memory_order_release);
  // The backend must see the requests before we look whether it sleeps.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return passes(shared(page_ + request_event).load(std::memory_order_relaxed), published_, before);
}

front_ring::response front_ring::take(bytes to) noexcept {
  if (broken_) return {.what = response::kind::broken};
  const std::uint32_t end = shared(page_ + response_producer).load(std::memory_order_acquire);
  if (end == taken_) return {};
  if (end - taken_ > published_ - taken_) {
    broken_ = true;
    return {.what = response::kind::broken};
  }
  require(to.size() <= entry_ && to.size() % 4 == 0, "more is copied than a response has");
  std::byte* const from = at(taken_);
  for (std::size_t i = 0; i < to.size(); i += 4)
    store_le32(to.data() + i, shared(from + i).load(std::memory_order_relaxed));
  return {.what = response::kind::one, .place = taken_++ & (size_ - 1)};
}

bool front_ring::arm(std::uint32_t more) noexcept {
  shared(page_ + response_event).store(taken_ + more + 1, std::memory_order_relaxed);
  // The backend must see the wish before we look whether it came too late.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const std::uint32_t end = shared(page_ + response_producer).load(std::memory_order_relaxed);
  return end - taken_ <= more;
}

request_numbers::request_numbers(std::uint16_t count)
    : count_(count), free_(count), next_(std::make_unique<std::uint16_t[]>(count)) {
  require(count < taken, "too many numbers of requests");
  for (std::uint16_t i = 0; i < count; ++i) next_[i] = static_cast<std::uint16_t>(i + 1);
}

std::uint16_t request_numbers::take() noexcept {
  require(free_ != 0, "no number of a request is free");
  --free_;
  const std::uint16_t number = first_;
  first_ = next_[number];
  next_[number] = taken;
  return number;
}

ring_fault request_numbers::give_back(std::uint64_t number) noexcept {
  if (number >= count_) return ring_fault::id_out_of_range;
  const auto index = static_cast<std::uint16_t>(number);
  if (next_[index] != taken) return ring_fault::not_in_flight;
  next_[index] = first_;
  first_ = index;
  ++free_;
  return ring_fault::none;
}

}  // namespace mirage::xen
