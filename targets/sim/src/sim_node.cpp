// SPDX-License-Identifier: ISC
#include "sim_node.hpp"

#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/sim/attached_network.hpp"

namespace mirage {

sim_node::sim_node(simulation::host& on, std::span<const std::string_view> command_line)
    : simulator_(on),
      words_(command_line.begin(), command_line.end()),
      command_line_(words_.begin(), words_.end()) {
  os::here = this;
  name = image.name;
  main_.emplace();
  auto spawned = main_->spawn("main", run_to_the_end());
  require(spawned.has_value(), "the frame pool has no room for the first task");
}

sim_node::~sim_node() {
  os::here = this;
  main_.reset();
  // A last round destroys what was cancelled.
  os::node::run_round();
}

task<> sim_node::run_to_the_end() {
  const int ended = co_await mirage::run(command_line_);
  if (!exit_status) exit_status = ended;
}

instant sim_node::due() noexcept {
  if (exit_status) return never;
  return tasks.idle() ? next_ : instant{};
}

void sim_node::run_round(instant) noexcept {
  os::here = this;
  next_ = os::node::run_round();
  if (main_->size() == 0 && !exit_status) exit_status = exit_status::crashed;
}

void sim_node::ask_to_end() noexcept {
  os::here = this;
  shutdown.set();
}

simulation::attachment attached_network::plugged_in(std::string_view interface) {
  return sim_node::here().simulator().interface(interface);
}

}  // namespace mirage
