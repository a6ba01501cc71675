// SPDX-License-Identifier: ISC
// A cryptographic generator that forgets: ChaCha20 (RFC 8439 §2.3) whose every run also makes the key of the
// next ("fast key erasure"), so that nobody who sees the memory learns what was given out before.
#pragma once

#include <array>
#include <cstddef>

#include "mirage/core/bytes.hpp"
#include "mirage/core/sha256.hpp"

namespace mirage::freestanding {

class random_generator {
 public:
  using key = std::array<std::byte, 32>;

  /// As secret as `seed` is: 32 bytes that nobody can guess.
  explicit random_generator(const key& seed) noexcept : key_(seed) {}
  random_generator(const random_generator&) = delete;
  random_generator& operator=(const random_generator&) = delete;

  void fill(bytes out) noexcept;

  /// Takes in more entropy, of which nothing is expected: bad bytes make nothing worse.
  void mix(cbytes entropy) noexcept;

 private:
  void refill() noexcept;
  std::array<std::byte, 512> made_{};
  std::size_t given_ = 512;
  key key_;
};

}  // namespace mirage::freestanding
