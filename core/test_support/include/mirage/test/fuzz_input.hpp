// SPDX-License-Identifier: ISC
// What a fuzzer made, taken from its front as the numbers that a fake device or back end acts upon.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"

namespace mirage::test {

class fuzz_input {
 public:
  explicit fuzz_input(cbytes all) noexcept : rest_(all) {}

  [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
  /// Of so many octets, at most four, the first the lowest; those that are missing count as zero.
  std::uint32_t number(std::size_t size) noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size && !rest_.empty(); ++i) {
      value |= std::to_integer<std::uint32_t>(rest_[0]) << (8 * i);
      rest_ = rest_.subspan(1);
    }
    return value;
  }
  /// `end` is above 0.
  std::uint32_t below(std::uint32_t end) noexcept { return number(1) % end; }

 private:
  cbytes rest_;
};

}  // namespace mirage::test
