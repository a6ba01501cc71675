// SPDX-License-Identifier: ISC
// Packets to ourselves: they go round by the loop, not by the wire, and come up in the next round.
#pragma once

#include <cstddef>

#include <vector>

#include "mirage/core/buffer.hpp"
#include "mirage/core/loop.hpp"

namespace mirage {

/// A queue with a cap. What is in it is handed up a batch a round, so two ends that answer each other do not
/// hold the loop.
class ip_loopback final : event_source {
 public:
  static constexpr std::size_t most_packets = 256;

  ip_loopback() noexcept = default;
  ip_loopback(const ip_loopback&) = delete;
  ip_loopback& operator=(const ip_loopback&) = delete;

  /// From now on `deliver(object, packet)` is called for each packet and `batch_end(object)` after a batch.
  void attach(void* object, void (*deliver)(void* to, buffer&& packet),
              void (*batch_end)(void* to)) noexcept {
    object_ = object;
    deliver_ = deliver;
    batch_end_ = batch_end;
  }
  [[nodiscard]] bool is_attached() const noexcept { return object_ != nullptr; }
  [[nodiscard]] bool full() const noexcept { return size_ == most_packets; }
  /// While it is not full.
  void push(buffer packet);

 private:
  bool poll() noexcept override;

  void* object_ = nullptr;
  void (*deliver_)(void* to, buffer&& packet) = nullptr;
  void (*batch_end_)(void* to) = nullptr;
  std::vector<buffer> ring_;  // made when the first packet comes: most never speak to themselves
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace mirage
