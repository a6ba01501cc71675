// SPDX-License-Identifier: ISC
// A pseudo-random function of short messages: HMAC-SHA-256 (RFC 2104, FIPS 180-4), the first 64 bits of it.
// For what a stranger must not be able to foretell: initial sequence numbers (RFC 6528), SYN cookies
// (RFC 4987), ephemeral ports (RFC 6056).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endpoint.hpp"

namespace mirage {

class keyed_hash {
 public:
  using key = std::array<std::byte, 32>;

  /// With a key of `os::random`.
  keyed_hash() noexcept;
  explicit keyed_hash(const key& secret) noexcept;
  /// The key is wiped.
  ~keyed_hash();
  keyed_hash(const keyed_hash&) = delete;
  keyed_hash& operator=(const keyed_hash&) = delete;

  /// About half a microsecond for up to 55 bytes.
  [[nodiscard]] std::uint64_t of(cbytes message) const noexcept;

  /// Of two ends and a number that tells one purpose, or one time, from another.
  [[nodiscard]] std::uint64_t of(const endpoint& one, const endpoint& other,
                                 std::uint64_t purpose) const noexcept;

 private:
  void set(const key& secret) noexcept;
  // BearSSL's prepared key, which keyed_hash.cpp knows.
  static constexpr std::size_t state_size = 144;
  alignas(8) std::array<std::byte, state_size> state_;
};

}  // namespace mirage
