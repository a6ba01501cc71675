// SPDX-License-Identifier: ISC
// What the connections of one TCP share: pools for the small objects of their queues, the options and the
// counters. The pools have caps: at a cap a queue takes nothing more, and a segment that needs it is dropped.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer.hpp"
#include "mirage/core/time.hpp"
#include "mirage/tcp/options.hpp"
#include "mirage/tcp/sequence.hpp"
#include "mirage/tcp/slab_pool.hpp"
#include "mirage/tcp/statistics.hpp"

namespace mirage::tcp_protocol {

/// Bytes in a queue; never empty.
struct chunk {
  explicit chunk(buffer bytes) noexcept : data(std::move(bytes)) {}
  chunk* next = nullptr;
  buffer data;
};

/// What was sent at once and is not acknowledged. It may be many segments on the wire; it is split where the
/// peer has a part of it, or a part is sent again. What is SACKed side by side becomes one.
struct sent_segment {
  sent_segment* previous = nullptr;
  sent_segment* next = nullptr;
  sent_segment* older = nullptr;  // by when it was sent, of those that are neither SACKed nor lost
  sent_segment* newer = nullptr;
  chunk* data = nullptr;     // where its bytes begin: in this chunk ...
  std::uint32_t offset = 0;  // ... at this place
  sequence begin{};
  std::uint32_t length = 0;  // in sequence numbers: with the FIN
  instant sent_at{};         // the last time
  bool fin = false;          // its last number is the FIN
  bool sacked = false;       // the peer has it
  bool lost = false;         // and is to be sent again
  bool retransmitted = false;
  bool probe = false;  // longer than a segment, to see whether the path takes it

  [[nodiscard]] sequence end() const noexcept { return begin + length; }
  [[nodiscard]] std::uint32_t payload() const noexcept { return length - (fin ? 1u : 0u); }
};

/// Bytes that came out of order and lie side by side.
struct byte_range {
  byte_range(sequence from, sequence to) noexcept : begin(from), end(to) {}
  byte_range* next = nullptr;
  byte_range* newer = nullptr;  // those that changed later, and before
  byte_range* older = nullptr;
  chunk* first = nullptr;
  chunk* last = nullptr;
  sequence begin;
  sequence end;
};

struct resources {
  resources(const tcp_options& chosen, statistics& counted) noexcept : options(chosen), count(counted) {}

  const tcp_options& options;
  statistics& count;
  slab_pool<chunk> chunks{std::size_t{1} << 21};
  slab_pool<sent_segment> segments{std::size_t{1} << 20};
  slab_pool<byte_range> ranges{std::size_t{1} << 18};
  std::uint64_t out_of_order = 0;  // bytes of all connections
};

}  // namespace mirage::tcp_protocol
