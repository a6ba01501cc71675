// SPDX-License-Identifier: ISC
// Bytes that look random and are the same in every run.
#pragma once

#include <cstdint>
#include <string_view>

#include "mirage/v1.hpp"

namespace mirage::memory {

/// Has the shape of `v1::random` and not its promise: everybody who knows the seed knows the bytes. For tests
/// that must replay, and for nothing else. (SplitMix64: Steele, Lea and Flood, 2014.)
class seeded_random {
 public:
  explicit seeded_random(std::uint64_t seed, std::string_view name = "seeded_random") noexcept
      : name_(name), state_(seed) {}
  seeded_random(const seeded_random&) = delete;
  seeded_random& operator=(const seeded_random&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  void fill(bytes out) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
      if (i % 8 == 0) word = next();
      out[i] = static_cast<std::byte>(word);
    }
  }

 private:
  std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }
  std::string_view name_;
  std::uint64_t state_;
};

static_assert(v1::random<seeded_random>);

}  // namespace mirage::memory
