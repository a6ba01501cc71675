// SPDX-License-Identifier: ISC
// The layout of a message of NTP: RFC 5905 §7.3, without extension fields and authentication, which a simple
// client skips.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/time.hpp"
#include "mirage/sntp/timestamp.hpp"

namespace mirage {

inline constexpr std::uint16_t ntp_port = 123;

enum class ntp_mode : std::uint8_t {
  reserved,
  symmetric_active,
  symmetric_passive,
  client,
  server,
  broadcast,
  control,
  private_use
};

class ntp_message {
 public:
  static constexpr std::size_t size = 48;
  static constexpr std::uint8_t version_4 = 4;
  static constexpr unsigned not_synchronised = 3;  ///< leap indicator

  /// Nothing if it is too short. The bytes must outlive the view.
  [[nodiscard]] static std::optional<ntp_message> of(cbytes message) noexcept {
    if (message.size() < size) return std::nullopt;
    return ntp_message(message.data());
  }

  [[nodiscard]] unsigned leap() const noexcept { return first() >> 6; }
  [[nodiscard]] unsigned version() const noexcept { return first() >> 3 & 7; }
  [[nodiscard]] ntp_mode mode() const noexcept { return ntp_mode{static_cast<std::uint8_t>(first() & 7)}; }
  /// 0: a message for people (RFC 5905 §7.4), 1: a reference clock, up to 15; 16: not synchronised.
  [[nodiscard]] unsigned stratum() const noexcept { return std::to_integer<unsigned>(at_[1]); }
  [[nodiscard]] duration root_delay() const noexcept { return short_time(4); }
  [[nodiscard]] duration root_dispersion() const noexcept { return short_time(8); }
  /// Of stratum 0 four letters: the kiss code.
  [[nodiscard]] std::uint32_t reference() const noexcept { return load_be32(at_ + 12); }
  [[nodiscard]] ntp_timestamp origin() const noexcept { return ntp_timestamp::load(at_ + 24); }
  [[nodiscard]] ntp_timestamp receive() const noexcept { return ntp_timestamp::load(at_ + 32); }
  [[nodiscard]] ntp_timestamp transmit() const noexcept { return ntp_timestamp::load(at_ + 40); }

  /// A client's question. `to` has room for it.
  static void write_question(bytes to, ntp_timestamp transmit) noexcept {
    std::memset(to.data(), 0, size);
    to[0] = std::byte{version_4 << 3 | static_cast<unsigned>(ntp_mode::client)};
    transmit.store(to.data() + 40);
  }

 private:
  explicit ntp_message(const std::byte* at) noexcept : at_(at) {}
  [[nodiscard]] unsigned first() const noexcept { return std::to_integer<unsigned>(at_[0]); }
  // 16 bits of seconds, 16 of fractions.
  [[nodiscard]] duration short_time(std::size_t offset) const noexcept {
    return duration(
        static_cast<std::int64_t>((std::uint64_t{load_be32(at_ + offset)} * 1'000'000'000) >> 16));
  }
  const std::byte* at_;
};

/// Four letters as `reference()` gives them.
[[nodiscard]] consteval std::uint32_t kiss_code(const char (&letters)[5]) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(letters[i]);
  return value;
}

}  // namespace mirage
