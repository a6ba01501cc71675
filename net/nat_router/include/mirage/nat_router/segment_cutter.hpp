// SPDX-License-Identifier: ISC
// Cutting what came as several segments of TCP, or datagrams of UDP, in one, for a device that does not: as
// the sender's would have done it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `how` says how long the headers are, where those of TCP or UDP begin, and how much each segment carries.
/// The packet, an IPv4 one, must outlive it.
class segment_cutter {
 public:
  segment_cutter(cbytes packet, const v1::transmit& how) noexcept : packet_(packet), how_(how) {}

  [[nodiscard]] std::size_t count() const noexcept;
  /// Where in the packet the payload of that segment is.
  [[nodiscard]] std::size_t offset(std::size_t number) const noexcept {
    return how_.header + number * how_.segment;
  }
  [[nodiscard]] std::size_t length(std::size_t number) const noexcept;
  /// The headers of that segment, with their checksums, to `to`, which has room for them; their length.
  std::size_t write_headers(std::size_t number, bytes to) const noexcept;

 private:
  void write_tcp(std::size_t number, bytes header) const noexcept;

  cbytes packet_;
  v1::transmit how_;
};

}  // namespace mirage
