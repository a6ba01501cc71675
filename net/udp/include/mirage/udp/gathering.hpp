// SPDX-License-Identifier: ISC
// Datagrams that gather in a batch, in one piece of memory, to leave together where the device cuts them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/datagram_groups.hpp"

namespace mirage {

/// What datagrams have in common that can leave together.
struct datagram_way {
  endpoint source;
  endpoint destination;
  std::uint32_t interface = 0;
  std::uint8_t ttl = 0;
  bool unordered = false;
  bool operator==(const datagram_way&) const = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept { return destination.hash(seed); }
};

class datagram_gathering {
 public:
  datagram_gathering() noexcept;

  [[nodiscard]] bool empty() const noexcept { return groups_.empty(); }
  /// Whether one more of up to `size` bytes has room.
  [[nodiscard]] bool has_room(std::size_t size) const noexcept {
    return !groups_.full() && used_ + size <= capacity;
  }
  /// Where the next one is written, `size` bytes; nothing if the pool is at its cap. `has_room` was true.
  [[nodiscard]] bytes room(std::size_t size) noexcept;
  /// So many bytes were written there. The device cuts no more than `most_bytes`.
  void add(const datagram_way& way, std::size_t written, std::size_t most_bytes) noexcept;

  /// What leaves together.
  using group = std::span<const waiting_datagram>;
  /// Calls `send(way, group)` for each; then nothing is left.
  template <class Send>
  void send_all(Send send) {
    groups_.make({.bytes = most_bytes_, .longest = capacity});
    for (std::size_t i = 0; i < groups_.size(); ++i) send(groups_.way(groups_[i]), groups_[i]);
    groups_.clear();
    used_ = 0;
    most_bytes_ = capacity;
  }
  /// Its bytes, if they lie in one piece; no memory if they do not.
  [[nodiscard]] buffer piece(group of) const noexcept;
  /// Copies its bytes, which it gives the number of.
  std::size_t copy(group of, std::byte* to) const noexcept;

 private:
  static constexpr std::size_t capacity = 65535;

  datagram_groups<datagram_way> groups_;
  buffer data_;
  std::size_t used_ = 0;
  std::size_t most_bytes_ = capacity;
};

}  // namespace mirage
