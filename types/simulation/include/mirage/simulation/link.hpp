// SPDX-License-Identifier: ISC
// A cable with two ends, and what goes wrong on it.
#pragma once

#include <string_view>

#include "mirage/simulation/pipe.hpp"

namespace mirage::simulation {

/// Full duplex: two pipes that know nothing of each other. The world and the name must outlive it, and it
/// must outlive what is plugged into it.
class link {
 public:
  link(world& in, std::string_view name, const pipe_options& both_ways = {}) noexcept
      : link(in, name, both_ways, both_ways) {}
  link(world& in, std::string_view name, const pipe_options& to_right, const pipe_options& to_left) noexcept
      : to_right_(in, name, "right", to_right),
        to_left_(in, name, "left", to_left),
        left_(to_right_, to_left_),
        right_(to_left_, to_right_) {}

  [[nodiscard]] port& left() noexcept { return left_; }
  [[nodiscard]] port& right() noexcept { return right_; }
  /// What the left end sends, and what the right end sends.
  [[nodiscard]] pipe& to_right() noexcept { return to_right_; }
  [[nodiscard]] pipe& to_left() noexcept { return to_left_; }

  /// Both ways at once. Without a carrier nothing is sent, and what is on the way is lost.
  void set_up(bool up) noexcept {
    to_right_.set_up(up);
    to_left_.set_up(up);
  }
  void set_options(const pipe_options& both_ways) noexcept {
    to_right_.set_options(both_ways);
    to_left_.set_options(both_ways);
  }
  /// Both ways into one file. `capture` must outlive it; null ends it.
  void set_capture(pcap::writer* capture) noexcept {
    to_right_.set_capture(capture);
    to_left_.set_capture(capture);
  }

 private:
  class link_end final : public port {
   public:
    link_end(pipe& out, pipe& in) noexcept : out_(&out), in_(&in) {}
    [[nodiscard]] port_state state() noexcept override { return out_->state(); }
    void send(cbytes carried) noexcept override { out_->send(carried); }
    void plug(station* who) noexcept override {
      out_->set_sender(who);
      in_->set_receiver(who);
    }
    [[nodiscard]] std::uint32_t mtu() const noexcept override { return out_->options().mtu; }

   private:
    pipe* out_;
    pipe* in_;
  };

  pipe to_right_;
  pipe to_left_;
  link_end left_;
  link_end right_;
};

}  // namespace mirage::simulation
