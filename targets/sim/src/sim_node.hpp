// SPDX-License-Identifier: ISC
// All state of this target: the node, with the simulator that it asks for everything.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/node.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/simulation/image.hpp"

namespace mirage {

class sim_node final : public os::node, public simulation::booted {
 public:
  sim_node(simulation::host& on, std::span<const std::string_view> command_line);
  sim_node(const sim_node&) = delete;
  sim_node& operator=(const sim_node&) = delete;
  ~sim_node() override;

  [[nodiscard]] static sim_node& here() noexcept { return static_cast<sim_node&>(*os::here); }
  [[nodiscard]] simulation::host& simulator() noexcept { return simulator_; }

  [[nodiscard]] instant due() noexcept override;
  void run_round(instant now) noexcept override;
  [[nodiscard]] std::optional<int> status() const noexcept override { return exit_status; }
  void ask_to_end() noexcept override;

 private:
  task<> run_to_the_end();
  simulation::host& simulator_;
  std::vector<std::string> words_;
  std::vector<std::string_view> command_line_;
  instant next_{};
  std::optional<scope> main_;
};

}  // namespace mirage
