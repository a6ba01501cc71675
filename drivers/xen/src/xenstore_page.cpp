// SPDX-License-Identifier: ISC
#include "mirage/xen/xenstore_page.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "shared.hpp"

namespace mirage::xen {

namespace {

constexpr std::uint32_t ring_bytes = 1024;
constexpr std::size_t requests_at = 0;
constexpr std::size_t answers_at = 1024;
constexpr std::size_t request_consumer = 2048;
constexpr std::size_t request_producer = 2052;
constexpr std::size_t answer_consumer = 2056;
constexpr std::size_t answer_producer = 2060;

// The part of a ring from `index` on that does not go beyond its end.
std::size_t straight(std::uint32_t index, std::size_t wanted) noexcept {
  return std::min<std::size_t>(wanted, ring_bytes - index % ring_bytes);
}

}  // namespace

xenstore_page::xenstore_page(hypervisor& xen) noexcept : xen_(xen) { begin(); }

xenstore_page::~xenstore_page() {
  if (ring_.memory != nullptr) xen_.unwatch(ring_.port);
}

void xenstore_page::reconnect() noexcept {
  if (ring_.memory != nullptr) xen_.unwatch(ring_.port);
  begin();
}

// Somebody may have used the ring before us.
void xenstore_page::begin() noexcept {
  ring_ = xen_.xenstore();
  if (ring_.memory == nullptr) return;
  produced_ = shared(ring_.memory + request_producer).load(std::memory_order_relaxed);
  consumed_ = shared(ring_.memory + answer_consumer).load(std::memory_order_relaxed);
  xen_.watch(*this, ring_.port);
}

bool xenstore_page::poll() noexcept {
  if (user_ != nullptr) user_->ready();
  return false;
}

std::optional<std::size_t> xenstore_page::write(cbytes from) noexcept {
  if (ring_.memory == nullptr) return std::nullopt;
  const std::uint32_t consumed = shared(ring_.memory + request_consumer).load(std::memory_order_acquire);
  const std::uint32_t used = produced_ - consumed;
  if (used > ring_bytes) return std::nullopt;
  const std::size_t count = std::min<std::size_t>(from.size(), ring_bytes - used);
  for (std::size_t done = 0; done < count;) {
    const auto index = static_cast<std::uint32_t>(produced_ + done);
    const std::size_t part = straight(index, count - done);
    std::memcpy(ring_.memory + requests_at + index % ring_bytes, from.data() + done, part);
    done += part;
  }
  produced_ += static_cast<std::uint32_t>(count);
  shared(ring_.memory + request_producer).store(produced_, std::memory_order_release);
  return count;
}

std::optional<std::size_t> xenstore_page::read(bytes to) noexcept {
  if (ring_.memory == nullptr) return std::nullopt;
  const std::uint32_t produced = shared(ring_.memory + answer_producer).load(std::memory_order_acquire);
  const std::uint32_t waiting = produced - consumed_;
  if (waiting > ring_bytes) return std::nullopt;
  const std::size_t count = std::min<std::size_t>(to.size(), waiting);
  for (std::size_t done = 0; done < count;) {
    const auto index = static_cast<std::uint32_t>(consumed_ + done);
    const std::size_t part = straight(index, count - done);
    std::memcpy(to.data() + done, ring_.memory + answers_at + index % ring_bytes, part);
    done += part;
  }
  consumed_ += static_cast<std::uint32_t>(count);
  shared(ring_.memory + answer_consumer).store(consumed_, std::memory_order_release);
  return count;
}

void xenstore_page::flush() noexcept { xen_.notify(ring_.port); }

}  // namespace mirage::xen
