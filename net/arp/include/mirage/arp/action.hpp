// SPDX-License-Identifier: ISC
// What the core of ARP wants done: its only output, one at a time.
#pragma once

#include <cstdint>

#include "mirage/arp/wire.hpp"

namespace mirage {

struct arp_action {
  /// `send`: the packet that `arp_core::emit` writes, to the station `to`. `resolved`, `failed`: what waits
  /// for `target` can be sent to `to`, or not at all. `claimed`: the address `target` is ours from now on.
  /// `conflict`: the station `to` uses `target`, which is ours; one that was not yet claimed is given up.
  enum class kind : std::uint8_t { none, send, resolved, failed, claimed, conflict };
  kind what = kind::none;
  arp_operation operation = arp_operation::request;
  ipv4_address sender{};
  ipv4_address target{};
  mac_address to{};
};

}  // namespace mirage
