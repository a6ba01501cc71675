// SPDX-License-Identifier: ISC
// One segment as the core sees it: parsed when it came, or planned to be sent.
#pragma once

#include <cstdint>

#include "mirage/tcp/segment_options.hpp"
#include "mirage/tcp/send_queue.hpp"
#include "mirage/tcp/sequence.hpp"
#include "mirage/tcp/wire.hpp"

namespace mirage::tcp_protocol {

/// A segment that came. Its checksum is right, and its payload goes beside it.
struct segment {
  sequence seq{};
  sequence ack{};
  std::uint16_t window = 0;
  std::uint8_t flags = 0;
  bool congestion_experienced = false;  ///< the CE mark of the IP header (RFC 3168)
  std::uint16_t coalesced = 0;          ///< not 0: joined from segments of this payload
  segment_options options{};

  [[nodiscard]] bool has(std::uint8_t which) const noexcept { return (flags & which) != 0; }
  /// False where the options are nonsense.
  [[nodiscard]] static bool parse(const header_view& header, segment& to) noexcept {
    to.seq = header.seq();
    to.ack = header.ack();
    to.window = header.window();
    to.flags = header.flags();
    return parse_options(header.options(), to.options);
  }
};

/// What `poll` wants to be sent.
struct transmission {
  /// Of the header with its options.
  [[nodiscard]] std::size_t header_bytes() const noexcept { return header_size + size_of_options(options); }

  sequence seq{};
  std::uint8_t flags = 0;
  std::uint8_t congestion_bits = 0;  ///< of the IP header: 2 for ECT(0)
  std::uint16_t segment_size = 0;    ///< not 0: longer than one segment, to be cut into these
  std::uint32_t length = 0;          ///< of the payload
  send_queue::place payload{};       ///< where it lies
  sent_segment* again = nullptr;     ///< what it is sent again from
  segment_options options{};
  bool is_probe = false;       ///< of a window, or of a peer that is silent
  bool is_path_probe = false;  ///< one segment, longer than others are (RFC 4821)
};

}  // namespace mirage::tcp_protocol
