// SPDX-License-Identifier: ISC
// What connects stacks in memory, as a switch connects machines: who has which address, and the datagrams
// that are on their way.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "mirage/core/loop.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

class tcp;
class udp;

/// The addresses of one machine.
using addresses = std::vector<ip_address>;

/// Delivers in order, without loss and, but for one round of the loop, at once. Everything on it belongs to
/// one node. Must outlive what is on it.
class subnet final : event_source {
 public:
  /// So many datagrams can be on their way; more are `full`.
  explicit subnet(std::size_t datagrams = 256) noexcept : greatest_(datagrams) {}
  subnet(const subnet&) = delete;
  subnet& operator=(const subnet&) = delete;

 private:
  friend class tcp;
  friend class udp;
  struct underway {
    v1::datagram datagram;
    udp* sender;
  };

  bool poll() noexcept override;
  void deliver(underway& what) noexcept;
  /// Null when the address is on no machine. Loopback addresses are the asking machine's.
  [[nodiscard]] tcp* tcp_at(const ip_address& address, tcp& asking) const noexcept;

  std::size_t greatest_;
  std::deque<underway> underway_;
  std::vector<tcp*> tcps_;
  std::vector<udp*> udps_;
};

/// Whether datagrams and connections to `address` are for a machine with these; loopback is.
[[nodiscard]] bool is_ours(const addresses& ours, const ip_address& address) noexcept;

}  // namespace mirage::memory
