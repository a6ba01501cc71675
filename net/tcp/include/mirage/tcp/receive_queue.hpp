// SPDX-License-Identifier: ISC
// Bytes that came in order and were not read. Small segments are copied behind one another, so that what is
// kept of the driver's memory stays in proportion to the bytes in it.
#pragma once

#include <cstdint>

#include "mirage/core/buffer.hpp"
#include "mirage/tcp/resources.hpp"

namespace mirage::tcp_protocol {

class receive_queue {
 public:
  explicit receive_queue(resources& shared) noexcept : shared_(shared) {}
  receive_queue(const receive_queue&) = delete;
  receive_queue& operator=(const receive_queue&) = delete;
  ~receive_queue() { clear(); }

  [[nodiscard]] std::uint32_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  void clear() noexcept;

  /// Moved from only if it is kept as it is. False at a cap on memory.
  bool append(buffer&& data) noexcept;
  /// A list of chunks that are now its own.
  void append(chunk* list, std::uint32_t length) noexcept;
  /// The first buffer; empty when there is none.
  buffer take() noexcept;

  /// A buffer of its own where the bytes fill less than half of the memory behind them; the same where there
  /// is no memory for that.
  [[nodiscard]] static buffer compact(buffer&& data) noexcept;

 private:
  bool copy_behind(cbytes data) noexcept;
  resources& shared_;
  chunk* first_ = nullptr;
  chunk* last_ = nullptr;
  std::uint32_t bytes_ = 0;
};

}  // namespace mirage::tcp_protocol
