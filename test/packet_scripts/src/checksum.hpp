// SPDX-License-Identifier: ISC
// Integers and stations in network order in strings, and the checksum of RFC 1071 as it is written there.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mirage/core/address.hpp"

namespace mirage::scripts {

inline std::string byte(unsigned long value) { return {static_cast<char>(value & 0xff)}; }
inline std::string be16(unsigned long value) { return byte(value >> 8) + byte(value); }
inline std::string be32(unsigned long value) { return be16(value >> 16) + be16(value); }
inline void set16(std::string& in, std::size_t at, unsigned long value) { in.replace(at, 2, be16(value)); }

inline unsigned get8(std::string_view from, std::size_t at) { return static_cast<unsigned char>(from[at]); }
inline unsigned get16(std::string_view from, std::size_t at) {
  return get8(from, at) << 8 | get8(from, at + 1);
}
inline std::uint32_t get32(std::string_view from, std::size_t at) {
  return get16(from, at) << 16 | get16(from, at + 2);
}

/// `02:00:00:00:00:01`
inline std::string mac_text(std::string_view from) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", get8(from, 0), get8(from, 1), get8(from, 2),
                     get8(from, 3), get8(from, 4), get8(from, 5));
}
inline std::string mac_bytes(const std::string& text) {
  std::string made(6, '\0');
  mac_address::parse(text).value_or(mac_address{}).store(reinterpret_cast<std::byte*>(made.data()));
  return made;
}

inline std::uint16_t checksum_of(std::string_view of) {
  unsigned long sum = 0;
  for (std::size_t at = 0; at + 1 < of.size(); at += 2) sum += get16(of, at);
  if (of.size() % 2 != 0) sum += static_cast<unsigned long>(get8(of, of.size() - 1)) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace mirage::scripts
