// SPDX-License-Identifier: ISC
// Numbers with units, as people write them: "5 ms", "100 Mbit/s", "64 KiB", "0.1 %".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/time.hpp"

namespace mirage::simulator {

/// ns, us, ms, s, min; not negative.
std::optional<duration> parse_duration(std::string_view text);
/// bit/s, kbit/s, Mbit/s, Gbit/s, a thousand each; in bits a second.
std::optional<std::uint64_t> parse_bandwidth(std::string_view text);
/// B, kB, MB, KiB, MiB.
std::optional<std::size_t> parse_size(std::string_view text);
/// From 0 % to 100 %; 0 to 1.
std::optional<double> parse_share(std::string_view text);

}  // namespace mirage::simulator
