// SPDX-License-Identifier: ISC
// Bytes that came out of order, and the SACK blocks that tell the peer about them (RFC 2018). What is there
// first stays: an overlapping segment only fills the gaps.
#pragma once

#include <cstdint>

#include "mirage/core/buffer.hpp"
#include "mirage/tcp/resources.hpp"
#include "mirage/tcp/segment_options.hpp"

namespace mirage::tcp_protocol {

class reassembly {
 public:
  explicit reassembly(resources& shared) noexcept : shared_(shared) {}
  reassembly(const reassembly&) = delete;
  reassembly& operator=(const reassembly&) = delete;
  ~reassembly() { clear(); }

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] std::uint32_t bytes() const noexcept { return bytes_; }
  void clear() noexcept;

  /// False when a part could not be kept: a cap on memory, on all bytes, or on the number of ranges.
  bool insert(sequence begin, buffer data) noexcept;

  /// The bytes from `at` on, if they are there: a list of chunks that is the caller's; null if not. What lies
  /// before `at` is dropped.
  chunk* take(sequence at, std::uint32_t& length) noexcept;

  /// The range that changed last comes first (RFC 2018 §4).
  void describe(segment_options& to, std::uint8_t most) const noexcept;

  static constexpr unsigned most_ranges = 2048;

 private:
  bool add(byte_range*& before, sequence begin, buffer data) noexcept;
  void join(byte_range& range) noexcept;
  void drop_first() noexcept;
  void forget(byte_range* range) noexcept;
  void make_newest(byte_range& range) noexcept;
  void leave_order(byte_range& range) noexcept;

  resources& shared_;
  byte_range* first_ = nullptr;  // by their place
  byte_range* last_ = nullptr;
  byte_range* newest_ = nullptr;
  std::uint32_t bytes_ = 0;
  std::uint32_t ranges_ = 0;
};

}  // namespace mirage::tcp_protocol
