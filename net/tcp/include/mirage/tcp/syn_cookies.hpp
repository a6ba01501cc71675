// SPDX-License-Identifier: ISC
// SYN cookies: RFC 4987 §3.6. What a half-open connection would have to remember is put into the initial
// sequence number of the answer, under a keyed hash, and what the options say into the timestamp.
//
// The number: 5 bits of a clock of 64 s, 3 bits for the maximum segment size, 24 bits of the hash.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/time.hpp"
#include "mirage/keyed_hash.hpp"
#include "mirage/tcp/connection.hpp"

namespace mirage::tcp_protocol {

class syn_cookies {
 public:
  explicit syn_cookies(const keyed_hash& hash) noexcept : hash_(hash) {}

  /// The initial number of the answer to `syn`; the peer's size of a segment goes into it rounded down.
  [[nodiscard]] sequence make(const endpoint& local, const endpoint& peer, const segment& syn,
                              instant now) noexcept;
  /// The timestamp of the answer, not later than `clock`, with what was agreed upon in its low bits.
  [[nodiscard]] static std::uint32_t stamp(std::uint32_t clock, const agreement& agreed) noexcept;

  /// What was agreed upon, if `ack` ends a handshake that began with a cookie of ours, one or two minutes ago
  /// at most.
  [[nodiscard]] std::optional<agreement> check(const endpoint& local, const endpoint& peer,
                                               const segment& ack, instant now) const noexcept;
  /// False where none was made lately, so that no acknowledgement is worth a hash.
  [[nodiscard]] bool in_use(instant now) const noexcept { return now - last_ < 128s; }

 private:
  [[nodiscard]] std::uint32_t code(const endpoint& local, const endpoint& peer, sequence theirs,
                                   std::uint32_t clock, std::uint32_t size) const noexcept;
  const keyed_hash& hash_;
  instant last_{-1000s};
};

}  // namespace mirage::tcp_protocol
