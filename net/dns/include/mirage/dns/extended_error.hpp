// SPDX-License-Identifier: ISC
// Why an answer is as it is: Extended DNS Errors, RFC 8914, as an option of EDNS. Their text is left out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"

namespace mirage::dns {

enum class extended_error : std::uint16_t {
  other = 0,
  stale_answer = 3,
  dnssec_indeterminate = 5,
  dnssec_bogus = 6,
  signature_expired = 7,
  signature_not_yet_valid = 8,
  dnskey_missing = 9,
  rrsigs_missing = 10,
  nsec_missing = 12
};

using extended_error_option = std::array<std::byte, 6>;

[[nodiscard]] inline extended_error_option option_of(extended_error why) noexcept {
  extended_error_option made{};
  store_be16(made.data(), static_cast<std::uint16_t>(option_code::error));
  store_be16(&made[2], 2);
  store_be16(&made[4], static_cast<std::uint16_t>(why));
  return made;
}

}  // namespace mirage::dns
