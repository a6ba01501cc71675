// SPDX-License-Identifier: ISC
// The driver's side of a split virtqueue, virtio 1.2 §2.7. It owns the memory of the ring, and nothing of
// what the ring refers to: that is the caller's, from `add` to the completion that names the same chain.
//
// The device is not trusted. Which chains are in flight, how they hang together and how much may be written
// to each is kept beside the ring and never read back from it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/virtio/transport.hpp"

namespace mirage::virtio {

/// What a device did that no device may do.
enum class queue_fault : std::uint8_t { none, index_jumped, id_out_of_range, not_in_flight, length_too_long };
[[nodiscard]] constexpr std::string_view describe(queue_fault fault) noexcept {
  constexpr std::array<std::string_view, 5> words{"none", "index_jumped", "id_out_of_range", "not_in_flight",
                                                  "length_too_long"};
  return words[static_cast<std::size_t>(fault)];
}

struct virtqueue_options {
  std::uint16_t size = 256;    ///< entries, a power of two
  bool event_index = false;    ///< §2.7.7.1, §2.7.10: negotiated
  std::uint16_t indirect = 0;  ///< pieces of an indirect table (§2.7.5.3); 0: not negotiated, or not wanted
};

class virtqueue {
 public:
  /// Takes all memory that it ever has.
  explicit virtqueue(const virtqueue_options& options);
  virtqueue(const virtqueue&) = delete;
  virtqueue& operator=(const virtqueue&) = delete;

  [[nodiscard]] queue_memory memory() const noexcept;
  [[nodiscard]] std::uint16_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint16_t in_flight() const noexcept { return in_flight_; }

  /// Whether a chain of that many pieces can be added. One with a table takes a single entry.
  [[nodiscard]] bool has_room(std::size_t pieces) const noexcept;
  /// The most pieces of a chain in an empty ring.
  [[nodiscard]] std::size_t longest_chain() const noexcept { return indirect_ > size_ ? indirect_ : size_; }

  /// Puts a chain: what the device reads, and behind it what it writes. There must be room, at least one
  /// piece and no empty one. Gives the chain's number, below `size()`, until it is completed. The device sees
  /// it after `publish`.
  std::uint16_t add(std::span<const cbytes> to_read, std::span<const cbytes> to_write) noexcept;

  /// Shows the device what was added. True when it wants to be notified.
  [[nodiscard]] bool publish() noexcept;

  struct completion {
    enum class kind : std::uint8_t { none, done, broken } what = kind::none;
    std::uint16_t chain = 0;
    std::uint32_t written = 0;  ///< bytes, never more than the chain has to write
  };
  /// The next chain that the device has done with. `broken`: it broke the rules, as `fault` says, which stays
  /// so; the device must be reset before what is in flight is freed.
  [[nodiscard]] completion take() noexcept;
  [[nodiscard]] queue_fault fault() const noexcept { return fault_; }

  /// Asks for an interrupt with the completion after `more` others. False when those have come already: then
  /// there may be none.
  [[nodiscard]] bool arm(std::uint16_t more = 0) noexcept;
  /// Wants none. With an event index there are none anyway, but for the one that was asked for.
  void disarm() noexcept;

 private:
  struct descriptor;
  struct slot {
    std::uint16_t next = 0;         // in the chain, or in the list of the free
    std::uint16_t descriptors = 0;  // of the chain that begins here; 0: none does
    std::uint32_t writable = 0;     // bytes, of that chain
  };

  void put(std::byte* table, std::uint16_t index, cbytes piece, std::uint16_t flags,
           std::uint16_t next) noexcept;
  std::uint16_t add_direct(std::span<const cbytes> to_read, std::span<const cbytes> to_write) noexcept;
  std::uint16_t add_indirect(std::span<const cbytes> to_read, std::span<const cbytes> to_write) noexcept;
  [[nodiscard]] completion fail(queue_fault fault) noexcept;
  void release(std::uint16_t chain) noexcept;
  [[nodiscard]] std::byte* available() const noexcept;
  [[nodiscard]] std::byte* used() const noexcept;

  std::uint16_t size_;
  bool event_index_;
  std::uint16_t indirect_;
  queue_fault fault_ = queue_fault::none;
  std::uint16_t free_first_ = 0;
  std::uint16_t free_count_;
  std::uint16_t in_flight_ = 0;  // chains
  std::uint16_t added_ = 0;      // our end of the available ring
  std::uint16_t published_ = 0;  // as the device sees it
  std::uint16_t taken_ = 0;      // our end of the used ring
  std::unique_ptr<slot[]> slots_;
  std::unique_ptr<std::byte[]> ring_;
  std::unique_ptr<std::byte[]> tables_;  // of indirect descriptors, one an entry
};

}  // namespace mirage::virtio
