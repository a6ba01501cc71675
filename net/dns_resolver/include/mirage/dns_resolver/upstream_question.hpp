// SPDX-License-Identifier: ISC
// A question to the server of a zone, and what is an answer to it: RFC 5452, RFC 6891.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage {

class dns_upstream_question {
 public:
  static constexpr std::size_t longest = 12 + dns::longest_name + 4 + 11;

  /// `random` makes the id and the letters' case: nobody must be able to guess it.
  dns_upstream_question(dns::name_view name, dns::record_type type, std::uint64_t random) noexcept;

  /// Asks for signatures (DO, RFC 3225), and not for recursion. `to` has room for `longest` bytes; gives the
  /// length.
  [[nodiscard]] std::size_t emit(bytes to) const noexcept;

  /// `unexpected`: no answer to it. `over_tcp`: truncated, or in other letters, as a forged one would be.
  enum class verdict : std::uint8_t { answer, unexpected, over_tcp };
  [[nodiscard]] verdict check(cbytes message) const noexcept;
  /// The same of what came over TCP, where the letters do not matter.
  [[nodiscard]] bool is_answered_by_stream(cbytes message) const noexcept;

 private:
  dns::name name_;
  dns::record_type type_;
  std::uint16_t id_;
};

}  // namespace mirage
