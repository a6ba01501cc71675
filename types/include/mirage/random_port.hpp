// SPDX-License-Identifier: ISC
// A port that nobody can foretell (RFC 6056 §3.3.1), for questions whose answers nobody shall forge (RFC 5452
// §9.2).
#pragma once

#include <cstdint>

#include "mirage/core/os.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Calls `listen(port)` with such a port, `first` or above, and with another one where that is in use: one in
/// a few may be. Gives what the last call gave, a result with a v1::listen_error.
template <class Listen>
auto listen_at_random_port(std::uint16_t first, Listen listen) {
  constexpr unsigned most_tries = 16;
  const std::uint64_t ports = 0x10000u - first;
  for (unsigned tries = 1;; ++tries) {
    auto listening = listen(static_cast<std::uint16_t>(first + os::random64() % ports));
    if (listening || listening.error() != v1::listen_error::in_use || tries == most_tries) return listening;
  }
}

}  // namespace mirage
