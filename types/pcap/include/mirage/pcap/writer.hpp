// SPDX-License-Identifier: ISC
// The pcap file format, version 2.4, with nanoseconds (draft-ietf-opsawg-pcap §4, §5). Little-endian on every
// machine, so that equal captures are equal files.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"

namespace mirage::pcap {

/// Where a capture goes.
class output {
 public:
  /// Appends; read before it returns. A failure is the output's to count.
  virtual void append(cbytes part) noexcept = 0;

 protected:
  ~output() = default;
};

/// Frames are kept whole up to `snap_length` bytes.
class writer {
 public:
  static constexpr std::uint32_t snap_length = 262144;

  /// Writes the header of the file at once. `to` must outlive it.
  explicit writer(output& to) noexcept;
  writer(const writer&) = delete;
  writer& operator=(const writer&) = delete;

  /// One Ethernet frame, without its frame check sequence, seen at that time; before 2106.
  void record(wall_time when, cbytes frame) noexcept;
  /// The same where its end is in slices.
  void record(wall_time when, cbytes front, const buffer_list& slices) noexcept;

 private:
  void begin(wall_time when, std::size_t length) noexcept;
  void append(cbytes part, std::size_t& room) noexcept;
  output& to_;
};

}  // namespace mirage::pcap
