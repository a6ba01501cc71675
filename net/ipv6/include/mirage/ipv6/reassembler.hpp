// SPDX-License-Identifier: ISC
// Putting packets together from their fragments, with the clock and the counters: RFC 8200 §4.5, RFC 5722.
// The memory and the rules of overlap are net/ip's.
#pragma once

#include <optional>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv6/counters.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/ipv6/undeliverable.hpp"

namespace mirage {

/// The counters and the reports must outlive it.
class ipv6_reassembler {
 public:
  struct whole {
    buffer packet;       ///< its headers up to the fragment header, which stays there, and the payload
    header_chain chain;  ///< of what follows
  };

  ipv6_reassembler(const reassembly_options& options, ipv6_counters& counters,
                   ipv6_undeliverable_reports& undeliverable);

  /// `chain` found a fragment header in the packet. Gives the whole packet if nothing is missing any more.
  /// `group`: as the link said of the packet.
  [[nodiscard]] std::optional<whole> add(const header_chain& chain, cbytes packet, bool group);

 private:
  void tell_malformed(const fragment_place& place, const header_chain& chain, cbytes packet,
                      bool group) noexcept;
  void expire() noexcept;

  ip_reassembly reassembly_;
  ipv6_counters& counters_;
  ipv6_undeliverable_reports& undeliverable_;
  alarm timer_;
  gauge memory_{"ipv6_reassembly_memory_bytes",
                {counters_.label},
                "Memory of incomplete packets",
                reassembly_,
                [](const ip_reassembly& from) { return from.memory(); }};
};

}  // namespace mirage
