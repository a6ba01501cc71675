// SPDX-License-Identifier: ISC
// What the core of neighbour discovery wants done: its only output, one at a time.
#pragma once

#include <cstdint>

#include "mirage/core/address.hpp"

namespace mirage {

struct ndp_action {
  /// The first three: the message that `ndp_core::emit` writes, from `source` to `destination` with hop limit
  /// 255, to the station `link`; if that is zero, to the one that `destination` has. `resolved`, `failed`:
  /// what waits for the neighbour `target` can be sent to `link`, or not at all. `usable`: the address
  /// `target` is ours from now on. `duplicate`: somebody else has it, so it is not; of one that was ours
  /// already, it stays. `gone`: its time is over.
  enum class kind : std::uint8_t {
    none,
    solicit_neighbour,
    advertise,
    solicit_routers,
    resolved,
    failed,
    usable,
    duplicate,
    gone
  };
  kind what = kind::none;
  ipv6_address source{};
  ipv6_address destination{};
  ipv6_address target{};
  mac_address link{};
  bool solicited = false;  ///< of an advertisement: it answers somebody

  explicit operator bool() const noexcept { return what != kind::none; }
};

}  // namespace mirage
