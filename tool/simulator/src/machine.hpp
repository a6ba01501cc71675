// SPDX-License-Identifier: ISC
// A machine of the scenario: it has interfaces and a console, and is booted and stopped, maybe several times.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/simulation/image.hpp"
#include "mirage/simulation/scheduler.hpp"
#include "scenario.hpp"

namespace mirage::simulator {

/// What a machine tells whoever watches.
struct machine_watcher {
  std::function<void(const std::string& node, std::string_view line)> printed;
  std::function<void(const std::string& node, int status)> exited;
  /// Ends the process.
  std::function<void(const std::string& node, std::string_view why)> crashed;
};

class machine final : public simulation::host, public simulation::member {
 public:
  machine(simulation::scheduler& on, const node_plan& plan, const simulation::image& image,
          std::uint16_t number, const machine_watcher& watcher);
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;
  ~machine();

  /// One more interface, with this end of a cable in it. Before it is booted.
  void plug(const std::string& interface, simulation::port& cable);

  void boot();
  /// Without a last word.
  void cut_power();
  void press_power_button();

  [[nodiscard]] const std::string& name() const noexcept { return plan_.name; }
  [[nodiscard]] bool running() const noexcept { return running_ != nullptr; }

  // ---- What the scheduler asks ----
  [[nodiscard]] instant due() noexcept override { return running_ ? running_->due() : never; }
  void run_round(instant now) noexcept override;

  // ---- What the unikernel asks ----
  [[nodiscard]] instant now() const noexcept override { return on_.now(); }
  [[nodiscard]] wall_time wall() const noexcept override { return on_.wall(); }
  void random(bytes out) noexcept override;
  void console(std::string_view text) noexcept override;
  [[noreturn]] void crash(std::string_view why, std::string_view where) noexcept override;
  [[nodiscard]] simulation::attachment interface(std::string_view name) noexcept override;

 private:
  // An interface that no link has.
  class unplugged final : public simulation::port {
   public:
    [[nodiscard]] simulation::port_state state() noexcept override { return simulation::port_state::down; }
    void send(cbytes) noexcept override {}
    void plug(simulation::station*) noexcept override {}
    [[nodiscard]] std::uint32_t mtu() const noexcept override { return 1500; }
  };
  struct socket {
    std::string name;
    simulation::port* cable;
    mac_address mac;
  };

  simulation::scheduler& on_;
  const node_plan& plan_;
  const simulation::image& image_;
  std::uint16_t number_;
  const machine_watcher& watcher_;
  simulation::random_source random_;
  std::vector<socket> sockets_;
  unplugged nowhere_;
  std::string line_;  // what was printed behind the last end of a line
  std::unique_ptr<simulation::booted> running_;
};

}  // namespace mirage::simulator
