// SPDX-License-Identifier: ISC
// Putting datagrams together from their fragments, with the clock and the counters: RFC 791 §3.2, RFC 1122
// §3.3.2. The memory and the rules of overlap are net/ip's.
#pragma once

#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv4/counters.hpp"
#include "mirage/ipv4/examine.hpp"
#include "mirage/ipv4/undeliverable.hpp"

namespace mirage {

/// The counters and the reports must outlive it.
class ipv4_reassembler {
 public:
  ipv4_reassembler(const reassembly_options& options, ipv4_counters& counters,
                   ipv4_undeliverable_reports& undeliverable);

  /// A fragment, as it was found to be. Gives the datagram if nothing is missing any more.
  [[nodiscard]] std::optional<reassembled> add(const examined_packet& fragment, cbytes packet);

 private:
  void expire() noexcept;

  ip_reassembly reassembly_;
  ipv4_counters& counters_;
  ipv4_undeliverable_reports& undeliverable_;
  alarm timer_;
  gauge memory_{"ipv4_reassembly_memory_bytes",
                {counters_.label},
                "Memory of incomplete datagrams",
                reassembly_,
                [](const ip_reassembly& from) { return from.memory(); }};
};

}  // namespace mirage
