// SPDX-License-Identifier: ISC
// The core of the server: a query in, an answer out. No I/O, no allocation, no waiting.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/dns/types.hpp"
#include "mirage/dns_server/cookies.hpp"
#include "mirage/dns_server/zone_table.hpp"

namespace mirage::dns {

class query;

enum class transport : std::uint8_t { udp, tcp };

struct responder_options {
  /// Octets of an answer over UDP at most, and what EDNS says that we take: what fits everywhere without
  /// fragments (RFC 9715 §3).
  std::uint16_t udp_payload = 1232;
};

/// Octets of the answer over UDP at most.
[[nodiscard]] std::size_t greatest_answer(const query& asked, const responder_options& options) noexcept;

/// What an answer was.
struct answered {
  std::size_t size = 0;  ///< octets; 0: nothing is to be sent
  rcode code = rcode::no_error;
  record_type type{};  ///< that was asked for; 0 without a question
  bool truncated = false;
  bool client_is_known = false;  ///< by a cookie: its address is not forged
};

/// RFC 1035, 2181, 6891, 7873, 8482, 9619. Zone transfers are not its part: they are refused here.
class responder {
 public:
  /// The table must outlive it.
  explicit responder(const zone_table& zones, const responder_options& options = {}) noexcept
      : zones_(zones), options_(options) {}

  /// `out` has room for the longest answer: `greatest_answer` octets over UDP, 65535 over TCP. `seconds` is
  /// the time since 1970, modulo 2^32.
  [[nodiscard]] answered answer(const query& asked, bytes out, transport over, const ip_address& client,
                                std::uint32_t seconds) const noexcept;

  [[nodiscard]] const zone_table& zones() const noexcept { return zones_; }
  [[nodiscard]] const responder_options& options() const noexcept { return options_; }

 private:
  const zone_table& zones_;
  responder_options options_;
  cookies cookies_;
};

}  // namespace mirage::dns
