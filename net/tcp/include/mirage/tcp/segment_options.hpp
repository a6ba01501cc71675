// SPDX-License-Identifier: ISC
// The options of a segment: RFC 9293 §3.2, window scale and timestamps of RFC 7323, selective
// acknowledgements of RFC 2018. Others are skipped by their length.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/tcp/sequence.hpp"

namespace mirage::tcp_protocol {

/// A range of sequence numbers, without its end.
struct sack_block {
  sequence begin{};
  sequence end{};
  friend constexpr bool operator==(const sack_block&, const sack_block&) noexcept = default;
};

struct timestamps {
  std::uint32_t value = 0;
  std::uint32_t echo = 0;
  friend constexpr bool operator==(const timestamps&, const timestamps&) noexcept = default;
};

struct segment_options {
  std::optional<std::uint16_t> mss{};
  std::optional<std::uint8_t> window_scale{};  ///< as it was sent: more than 14 counts as 14
  bool sack_permitted = false;
  std::optional<timestamps> times{};
  std::array<sack_block, 4> sack{};
  std::uint8_t sack_count = 0;

  [[nodiscard]] constexpr bool operator==(const segment_options&) const noexcept = default;
};

/// False where an option's length is impossible: the segment is not to be believed (RFC 9293 MUST-7).
[[nodiscard]] bool parse_options(cbytes from, segment_options& to) noexcept;

/// How long `store_options` makes them: a multiple of four. Blocks that do not fit in 40 bytes are left out.
[[nodiscard]] std::size_t size_of_options(const segment_options& options) noexcept;
/// Writes them, padded with no-operations in front so that the numbers lie at multiples of four.
void store_options(bytes to, const segment_options& options) noexcept;

}  // namespace mirage::tcp_protocol
