// SPDX-License-Identifier: ISC
// SHA-256, FIPS 180-4: the digest of the values of a store, which ETags are made of. Portable C++: about 300
// MB a second; its time depends on the length alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage {

using sha256_digest = std::array<std::byte, 32>;

/// Takes a message in parts. After `finish` the object is used up.
class sha256 {
 public:
  sha256() noexcept;
  void update(cbytes part) noexcept;
  [[nodiscard]] sha256_digest finish() noexcept;

  /// The digest of a message that is there as a whole.
  [[nodiscard]] static sha256_digest of(cbytes message) noexcept {
    sha256 digest;
    digest.update(message);
    return digest.finish();
  }

 private:
  static constexpr std::size_t block_size = 64;
  void compress(const std::byte* block) noexcept;
  std::array<std::uint32_t, 8> state_;
  std::array<std::byte, block_size> block_;  // the first `length_ % block_size` bytes of the next block
  std::uint64_t length_ = 0;
};

}  // namespace mirage
