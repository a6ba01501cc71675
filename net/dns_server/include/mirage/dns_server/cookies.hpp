// SPDX-License-Identifier: ISC
// DNS cookies: RFC 7873, in the form of RFC 9018 §4 but with HMAC-SHA-256 for the hash, which no other server
// needs to understand.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/keyed_hash.hpp"

namespace mirage::dns {

/// A client's cookie and the server's.
using cookie_pair = std::array<std::byte, 24>;

enum class cookie_state : std::uint8_t {
  malformed,  ///< neither 8 nor 16 to 40 octets
  unknown,    ///< a client's alone, or a server's that is old or not ours
  known       ///< the client has been here: its address is not forged
};

/// With a key of its own, made when it is made.
class cookies {
 public:
  /// Of the data of a cookie option. Times are seconds since 1970, modulo 2^32.
  [[nodiscard]] cookie_state check(cbytes option, const ip_address& client, std::uint32_t now) const noexcept;
  /// What is answered to a well-formed option.
  [[nodiscard]] cookie_pair make(cbytes option, const ip_address& client, std::uint32_t now) const noexcept;

 private:
  keyed_hash hash_;
};

}  // namespace mirage::dns
