// SPDX-License-Identifier: ISC
// Answers what servers ask each other, beside the responder, which answers everybody: signed queries (RFC
// 8945 §5), zone transfers (RFC 5936, RFC 1995), notifications (RFC 1996). No I/O, no waiting.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/shared.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns_server/peers.hpp"
#include "mirage/dns_server/responder.hpp"
#include "mirage/dns_server/zone_transfer.hpp"
#include "mirage/dns_server/zone_versions.hpp"

namespace mirage::dns {

/// What is pointed to must outlive the responder.
struct peer_options {
  const key_ring* keys = nullptr;
  std::vector<transfer_rule> transfer_to{};  ///< who may have zones
  std::size_t most_transfers = 8;            ///< at once; beyond, they are refused
  const zone_versions* versions = nullptr;   ///< without it, IXFR is answered with the whole zone
  notify_sink* notified = nullptr;           ///< without it, no notification is believed
};

/// The answer to one query: a message, or a transfer over TCP that begins with the first call of `next`.
struct peer_answer {
  answered made{};
  std::unique_ptr<zone_transfer> transfer{};
};

class peer_responder {
 public:
  using transfer = zone_transfer;

  /// Both must outlive it.
  peer_responder(const responder& others, const peer_options& options) : others_(others), options_(options) {}

  /// Whether the query is for it, not for the other responder.
  [[nodiscard]] static bool takes(const query& asked) noexcept {
    return asked.kind() == query_kind::whole &&
           (asked.has_tsig() || asked.head().operation == opcode::notify ||
            asked.type() == record_type::axfr || asked.type() == record_type::ixfr);
  }

  /// Of a query that it takes. `out` has room as for the other responder, `seconds` is the time since 1970.
  [[nodiscard]] peer_answer answer(const query& asked, bytes out, transport over, const ip_address& client,
                                   std::uint64_t seconds);

 private:
  struct signature;
  [[nodiscard]] rcode check(const query& asked, std::uint64_t seconds, signature& found) const;
  [[nodiscard]] answered content(const query& asked, bytes out, transport over, const ip_address& client,
                                 std::uint64_t seconds, const tsig_key* signer, peer_answer& into);
  [[nodiscard]] rcode begin_transfer(const query& asked, transport over, const ip_address& client,
                                     const tsig_key* signer, peer_answer& into);
  [[nodiscard]] zone_transfer incremental(const query& asked, shared<const zone> of) const;

  const responder& others_;
  peer_options options_;
  shared<int> one_more_ = std::make_unique<int>();  // held once by each transfer
};

}  // namespace mirage::dns
