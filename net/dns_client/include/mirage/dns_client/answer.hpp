// SPDX-License-Identifier: ISC
// What the answer of a server says about the addresses of a name: RFC 1035 §4, RFC 2308, RFC 6891.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `no_address`: the name exists, and has none of that type. `no_name`: it does not exist. `failed`: nobody
/// knows.
struct dns_answer {
  enum class kind : std::uint8_t { addresses, no_address, no_name, failed } what = kind::failed;
  v1::address_list addresses{};
  duration time_to_live{};  ///< nothing: not to be kept
};

/// What a message is to the question for the addresses of `name`. `malformed`, `unexpected`: no answer to it.
/// `other_case`: an answer to it in other letters, as one that is forged would have them, or one from a
/// server that changes them. `truncated`: it is to be fetched over TCP. `without_edns`: the server does not
/// know EDNS. `refused`: the server cannot or will not answer; another may.
enum class dns_verdict : std::uint8_t {
  answer,
  malformed,
  unexpected,
  other_case,
  truncated,
  without_edns,
  refused
};

struct dns_question {
  dns::name name{};  ///< in the letters that were asked
  dns::record_type type = dns::record_type::a;
  std::uint16_t id = 0;
  bool edns = true;
};

/// Writes a question that asks for recursion; `to` has room for `longest_question` bytes. Gives its length.
[[nodiscard]] std::size_t write_question(const dns_question& question, std::uint16_t payload,
                                         bytes to) noexcept;
inline constexpr std::size_t longest_question = 12 + dns::longest_name + 4 + 11;

/// Reads a message as the answer; only for `answer` is `into` written. CNAME records are followed within the
/// message, at most 16 of them. The time to live is the shortest on the way; that of a denial is the zone's
/// (RFC 2308 §5), nothing if it is not told.
[[nodiscard]] dns_verdict read_answer(cbytes message, const dns_question& question,
                                      dns_answer& into) noexcept;

}  // namespace mirage
