// SPDX-License-Identifier: ISC
// Timestamps of NTP: RFC 5905 §6. Seconds since 1900, modulo 2^32, and fractions of 2^-32 s. The era that
// they are in is not written: it is chosen so that the time is not before 2026, when this was written, and so
// not after 2162. A clock that was never set thus cannot lead into a wrong era.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/endian.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

struct ntp_timestamp {
  std::uint64_t value = 0;  ///< 0: not known

  [[nodiscard]] static ntp_timestamp load(const std::byte* from) noexcept { return {load_be64(from)}; }
  void store(std::byte* to) const noexcept { store_be64(to, value); }
  [[nodiscard]] constexpr bool is_unknown() const noexcept { return value == 0; }

  /// Rounded to the nearest nanosecond.
  [[nodiscard]] constexpr wall_time time() const noexcept {
    const auto seconds = static_cast<std::uint32_t>(value >> 32);
    const std::uint64_t fraction = value & 0xffffffff;
    const std::int64_t since_pivot =
        static_cast<std::uint32_t>(seconds - static_cast<std::uint32_t>(pivot + unix_epoch));
    const auto nanoseconds =
        static_cast<std::int64_t>((fraction * 1'000'000'000 + (std::uint64_t{1} << 31)) >> 32);
    return wall_time(duration((pivot + since_pivot) * 1'000'000'000 + nanoseconds));
  }
  /// Rounded to the nearest step.
  [[nodiscard]] static constexpr ntp_timestamp of(wall_time time) noexcept {
    const std::int64_t total = time.time_since_epoch().count();
    std::int64_t seconds = total / 1'000'000'000;
    std::int64_t rest = total % 1'000'000'000;
    if (rest < 0) {
      rest += 1'000'000'000;
      --seconds;
    }
    const std::uint64_t fraction = ((static_cast<std::uint64_t>(rest) << 32) + 500'000'000) / 1'000'000'000;
    return {(static_cast<std::uint64_t>(seconds + unix_epoch) << 32) + fraction};
  }
  bool operator==(const ntp_timestamp&) const = default;

 private:
  static constexpr std::int64_t unix_epoch = 2'208'988'800;  // seconds from 1900 to 1970
  static constexpr std::int64_t pivot = 1'767'225'600;       // 2026-01-01, seconds of Unix time
};

}  // namespace mirage
