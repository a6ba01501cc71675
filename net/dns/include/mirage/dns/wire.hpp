// SPDX-License-Identifier: ISC
// The layout of messages: the header (RFC 1035 §4.1.1, RFC 2535 §6.1), names with their compression (§4.1.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns {

/// `too_short`: it ends inside of something. `bad_name`: a pointer that does not lead back, a label of a kind
/// that does not exist, or more than 255 octets. `bad_data`: the data is not what its type wants.
/// `bad_option`: the OPT record is malformed or in the wrong place.
enum class wire_error : std::uint8_t { too_short, bad_name, bad_data, bad_option };
[[nodiscard]] std::string_view describe(wire_error error) noexcept;

enum class section : std::uint8_t { question, answer, authority, additional };

struct header {
  static constexpr std::size_t size = 12;

  std::uint16_t id = 0;
  bool response = false;  ///< QR
  opcode operation = opcode::query;
  bool authoritative = false;        ///< AA
  bool truncated = false;            ///< TC
  bool recursion_desired = false;    ///< RD
  bool recursion_available = false;  ///< RA
  bool authentic_data = false;       ///< AD, RFC 4035 §3.2.3
  bool checking_disabled = false;    ///< CD
  rcode code = rcode::no_error;      ///< its low four bits are in the header, the others in an OPT record
  std::array<std::uint16_t, 4> counts{};  ///< of records, by section

  [[nodiscard]] std::uint16_t count(section of) const noexcept {
    return counts[static_cast<std::size_t>(of)];
  }

  /// From at least `size` bytes.
  [[nodiscard]] static header load(const std::byte* from) noexcept;
  void store(std::byte* to) const noexcept;
};

/// The bits of the second 16-bit word of the header, for whoever edits one in place.
namespace header_bits {
inline constexpr std::uint16_t response = 0x8000;
inline constexpr std::uint16_t operation = 0x7800;
inline constexpr std::uint16_t authoritative = 0x0400;
inline constexpr std::uint16_t truncated = 0x0200;
inline constexpr std::uint16_t recursion_desired = 0x0100;
inline constexpr std::uint16_t recursion_available = 0x0080;
inline constexpr std::uint16_t authentic_data = 0x0020;
inline constexpr std::uint16_t checking_disabled = 0x0010;
inline constexpr std::uint16_t code = 0x000f;
}  // namespace header_bits

/// A name at `at` of the message, which it may share with what came before it there. Gives where it ends: the
/// place behind the first pointer, if there is one. A pointer must lead before the labels that were read
/// last, so no loop is possible.
[[nodiscard]] result<std::size_t, wire_error> read_name(cbytes message, std::size_t at, name& out) noexcept;

/// The data of a record without compression, and checked; `out` has room for 64 KiB, or less where less is
/// wanted: `too_short` when it does not fit. Gives its length.
[[nodiscard]] result<std::size_t, wire_error> read_rdata(cbytes message, std::size_t at, std::size_t length,
                                                         record_type type, bytes out) noexcept;

}  // namespace mirage::dns
