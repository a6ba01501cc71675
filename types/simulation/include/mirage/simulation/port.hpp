// SPDX-License-Identifier: ISC
// Where a wire ends, seen from both sides: the device, or the switch, that is plugged in, and the wire.
#pragma once

#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/simulation/world.hpp"

namespace mirage::simulation {

/// What is plugged into a port. Called by the world, outside of every node's rounds.
class station {
 public:
  virtual void arrived(frame&& carried) noexcept = 0;
  /// After the port was full or down and is ready again.
  virtual void ready() noexcept = 0;

 protected:
  ~station() = default;
};

enum class port_state : std::uint8_t { ready, full, down };

class port {
 public:
  /// After `full` or `down` the station is told `ready` once.
  [[nodiscard]] virtual port_state state() noexcept = 0;
  /// Copies the frame onto the wire; what cannot go, the wire drops and counts.
  virtual void send(cbytes carried) noexcept = 0;
  /// One station a port; null unplugs it. Frames that come while there is none are lost.
  virtual void plug(station* who) noexcept = 0;
  /// Bytes behind the Ethernet header that go through.
  [[nodiscard]] virtual std::uint32_t mtu() const noexcept = 0;

 protected:
  ~port() = default;
};

}  // namespace mirage::simulation
