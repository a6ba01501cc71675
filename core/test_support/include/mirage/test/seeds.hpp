// SPDX-License-Identifier: ISC
// How many seeds a randomized test tries: a few with every build, many in `make soak`.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace mirage::test {

/// `usual`, or what the environment's MIRAGE_SEEDS says.
[[nodiscard]] inline std::uint64_t seeds(std::uint64_t usual) {
  const char* wanted = std::getenv("MIRAGE_SEEDS");
  return wanted == nullptr ? usual : std::strtoull(wanted, nullptr, 10);
}

}  // namespace mirage::test
