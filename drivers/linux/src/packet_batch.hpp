// SPDX-License-Identifier: ISC
// What a packet socket sends: the frames of one round, which leave in one system call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "mirage/core/buffer_list.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/v1.hpp"

namespace mirage::detail {

class packet_batch {
 public:
  packet_batch();
  packet_batch(const packet_batch&) = delete;
  packet_batch& operator=(const packet_batch&) = delete;
  ~packet_batch();

  /// 0, or errno.
  [[nodiscard]] int open(int interface) noexcept;
  /// What has not been sent is dropped.
  void close() noexcept;
  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] bool has_room(std::size_t header) const noexcept;
  /// Where the next frame's first bytes go: `header` bytes, if there is room.
  [[nodiscard]] bytes room(std::size_t header) noexcept;
  /// The frame is `filled` bytes of that room, and the slices.
  void commit(const v1::transmit& how, std::size_t filled, buffer_list slices) noexcept;

  struct outcome {
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;  // by the kernel, and dropped
    std::uint64_t calls = 0;
    bool blocked = false;  // the rest stays until the socket is writable
  };
  outcome flush() noexcept;

 private:
  struct state;
  file_descriptor socket_;
  std::unique_ptr<state> state_;
};

}  // namespace mirage::detail
