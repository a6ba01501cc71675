// SPDX-License-Identifier: ISC
// Putting fragments together: RFC 791 §3.2, RFC 815, RFC 1122 §3.3.2. Fragments that overlap are an attack or
// a fault: the whole datagram is dropped, and what still comes of it (as RFC 5722 has it for IPv6); a
// fragment that comes twice is harmless. Everything has a cap, and at a cap the oldest datagram goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

struct reassembly_options {
  std::size_t datagrams = 64;       ///< incomplete ones
  std::size_t bytes = 1024 * 1024;  ///< of memory for them
  duration time = 60s;              ///< from the first fragment that came (RFC 1122 §3.3.2)
};

/// What has become of a fragment. `malformed`: an impossible length or offset. `overlap`: with another one,
/// or with the end. `dropped`: its datagram was given up before. `too_many`: fragments of one datagram.
/// `no_memory`: the cap, or the node's pool. `bad_ecn`: marked in a way that no sender marks (RFC 3168 §5.3).
enum class fragment_verdict : std::uint8_t {
  taken,
  complete,
  duplicate,
  malformed,
  overlap,
  dropped,
  too_many,
  no_memory,
  bad_ecn
};

/// A datagram, as whole as it is. Its first header stands before the first byte of `payload`, in the same
/// memory.
struct reassembled {
  ipv4_fields fields{};
  std::size_t header = 0;  ///< bytes of that header; 0: its first fragment is missing
  buffer payload{};

  [[nodiscard]] cbytes header_bytes() const noexcept { return {payload.data() - header, header}; }
};

class ipv4_reassembly {
 public:
  /// What one datagram can be cut into at most.
  static constexpr std::size_t most_fragments = 64;

  explicit ipv4_reassembly(const reassembly_options& options);

  /// `header` with its options, `payload` without padding; both are copied. `complete` fills `whole`.
  fragment_verdict add(const ipv4_fields& fields, cbytes header, cbytes payload, instant now,
                       reassembled& whole);

  /// The next datagram whose time is over, with its first fragment if that has come; nothing if there is
  /// none.
  [[nodiscard]] std::optional<reassembled> expire(instant now);
  [[nodiscard]] instant next_timeout() const noexcept;

  [[nodiscard]] std::size_t datagrams() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t memory() const noexcept { return bytes_; }
  /// How many had to go for others since the last call.
  [[nodiscard]] std::uint64_t take_evicted() noexcept { return std::exchange(evicted_, 0); }

 private:
  struct range {
    std::uint16_t begin;
    std::uint16_t end;
  };
  struct entry {
    ipv4_fields first{};  // of the fragment at 0, or else of the one that came first
    instant deadline{};
    buffer data{};  // room for the longest header, then the payload
    std::size_t header = 0;
    std::size_t received = 0;
    std::size_t end = 0;   // of the last fragment, if it has come
    std::uint8_t ecn = 0;  // a bit for each codepoint that came
    bool given_up = false;
    std::uint8_t count = 0;
    std::array<range, most_fragments> fragments;
  };

  [[nodiscard]] entry* find(const ipv4_fields& fields) noexcept;
  entry& make(const ipv4_fields& fields, instant now);
  [[nodiscard]] fragment_verdict place(entry& of, const ipv4_fields& fields, range where);
  [[nodiscard]] bool grow(entry& of, std::size_t end);
  [[nodiscard]] bool evict_oldest_but(const entry* kept) noexcept;
  void give_up(entry& of) noexcept;
  [[nodiscard]] static std::size_t first_fragment(const entry& of) noexcept;
  reassembled take(entry& from) noexcept;

  reassembly_options options_;
  std::vector<entry> entries_;
  std::size_t bytes_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace mirage
