// SPDX-License-Identifier: ISC
// What a network card does to packets: finishes checksums, cuts long ones into segments, and looks whether
// those that come are right. Small and slow on purpose, and apart from the stack that it helps to test.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/simulation/port.hpp"
#include "mirage/v1.hpp"

namespace mirage::simulation {

/// The longest TCP header (RFC 9293 §3.1).
inline constexpr std::size_t max_transport_header = 60;

/// Sums the frame from `start` to its end, with the folded sum of the pseudo-header that is in the field, and
/// puts the complement into the field.
void finish_checksum(bytes carried, std::size_t start, std::size_t offset) noexcept;

/// Whether it carries TCP or UDP in IPv4 or IPv6, not a fragment and without extension headers, and the
/// checksum is right. Not zero in UDP over IPv4: that says nothing.
[[nodiscard]] bool has_right_checksum(cbytes carried) noexcept;

/// Cuts one packet into segments of `how.segment` bytes of payload each, as Linux and virtio devices do: the
/// headers are repeated, with lengths, IPv4 identification, sequence number, FIN, PSH and CWR of each, and
/// all checksums. The identification counts on from the first's.
class segmenter {
 public:
  segmenter(cbytes whole, const v1::transmit& how) noexcept;
  /// The next segment, valid until the next call; empty behind the last.
  [[nodiscard]] cbytes next() noexcept;

 private:
  void set_ip_length(std::size_t length) noexcept;
  void set_tcp(std::size_t transport, bool last) noexcept;
  cbytes whole_;
  v1::transmit how_;
  std::size_t headers_ = 0;  // bytes before the payload
  std::size_t at_ = 0;       // of the payload
  std::uint16_t count_ = 0;
  frame piece_;
};

}  // namespace mirage::simulation
