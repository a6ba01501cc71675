// SPDX-License-Identifier: ISC
// Telling a sender what could not be done with its packet: RFC 4443 §2.4 (c), (e), §3.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/ndp/icmpv6.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A packet about which something is to be said.
struct icmpv6_subject {
  v1::ip_header<ipv6_address> header;
  cbytes header_bytes;  ///< all headers before the payload, as they came
  cbytes payload;
};

struct icmpv6_error {
  icmpv6_type type = icmpv6_type::unreachable;
  std::uint8_t code = 0;
  std::uint32_t word = 0;      ///< the pointer of a parameter problem
  bool even_of_group = false;  ///< also of a packet to a group (§2.4 (e.3))

  [[nodiscard]] static constexpr icmpv6_error port_unreachable() noexcept {
    return {icmpv6_type::unreachable, 4};
  }
  [[nodiscard]] static constexpr icmpv6_error reassembly_time_exceeded() noexcept {
    return {icmpv6_type::time_exceeded, 1};
  }
  [[nodiscard]] static constexpr icmpv6_error problem(parameter_problem what, std::uint32_t pointer,
                                                      bool even_of_group) noexcept {
    return {icmpv6_type::parameter_problem, static_cast<std::uint8_t>(what), pointer, even_of_group};
  }
};

/// Whether that may be said of it: not of an error message or a redirect, nor to a source that is not one
/// host, nor of a packet to many, but for what says so.
[[nodiscard]] bool may_be_told(const icmpv6_error& what, const icmpv6_subject& about) noexcept;

/// How long the message is: the packet is quoted as far as it goes into 1280 bytes with our headers.
[[nodiscard]] std::size_t error_message_size(const icmpv6_subject& about) noexcept;
/// Writes it to `to`, which has room for it, without a checksum, and gives its length.
std::size_t write_error_message(bytes to, const icmpv6_error& what, const icmpv6_subject& about) noexcept;

}  // namespace mirage
