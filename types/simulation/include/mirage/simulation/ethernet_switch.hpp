// SPDX-License-Identifier: ISC
// A learning switch (IEEE 802.1D §7, without spanning tree: cables must not make a circle).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>

#include "mirage/core/mac_address.hpp"
#include "mirage/simulation/port.hpp"
#include "mirage/simulation/world.hpp"

namespace mirage::simulation {

struct switch_options {
  duration ageing = 300s;            ///< an address is forgotten when nothing came from it for so long
  std::size_t max_addresses = 8192;  ///< at the cap nothing more is learnt, and frames go everywhere
};

/// Passes each frame on at once, to the one port behind which its destination was seen, or to all others. Its
/// queues are those of the cables. The world and the cables must outlive it.
class ethernet_switch {
 public:
  explicit ethernet_switch(world& in, const switch_options& options = {}) noexcept
      : world_(in), options_(options) {}
  ethernet_switch(const ethernet_switch&) = delete;
  ethernet_switch& operator=(const ethernet_switch&) = delete;

  /// One more port, with this end of a cable in it.
  void plug(port& cable) { sockets_.emplace_back(*this, cable); }

 private:
  class socket final : public station {
   public:
    socket(ethernet_switch& owner, port& cable) noexcept : owner_(owner), cable_(cable) { cable_.plug(this); }
    socket(const socket&) = delete;
    socket& operator=(const socket&) = delete;
    ~socket() { cable_.plug(nullptr); }
    void arrived(frame&& carried) noexcept override { owner_.forward(*this, carried); }
    void ready() noexcept override {}
    void send(cbytes carried) noexcept { cable_.send(carried); }

   private:
    ethernet_switch& owner_;
    port& cable_;
  };
  struct place {
    socket* behind;
    instant seen;
  };
  struct mac_hash {
    std::size_t operator()(const mac_address& mac) const noexcept {
      return static_cast<std::size_t>(mac.hash());
    }
  };

  void forward(socket& from, cbytes carried) noexcept;
  void learn(mac_address who, socket& behind);
  [[nodiscard]] socket* find(mac_address who) const noexcept;

  world& world_;
  switch_options options_;
  std::deque<socket> sockets_;
  std::unordered_map<mac_address, place, mac_hash> places_;
};

}  // namespace mirage::simulation
