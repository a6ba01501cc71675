// SPDX-License-Identifier: ISC
// Plays a scenario: sets up the machines and cables, lets happen what the scenario says, and watches for what
// must be seen.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "capture_file.hpp"
#include "failure.hpp"
#include "machine.hpp"
#include "mirage/simulation/ethernet_switch.hpp"
#include "mirage/simulation/link.hpp"
#include "mirage/simulation/scheduler.hpp"
#include "scenario.hpp"

namespace mirage::simulator {

struct stage_options {
  std::filesystem::path image;  // of nodes that name none
  std::filesystem::path pcap;   // a folder; empty: no captures
  bool show_consoles = false;   // every line as it is printed
};

struct report {
  std::optional<std::string> failed;    // why
  std::vector<std::string> last_lines;  // of the node that it is about
  duration length{};
  std::uint64_t digest = 0;
};

class stage final : simulation::event_target {
 public:
  stage(const scenario& plan, const stage_options& options)
      : plan_(plan), options_(options), world_(plan.seed) {}
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  ~stage() { world_.forget(*this); }

  /// Loads the images and connects everything.
  outcome<void> set_up();
  report play();
  /// After that: the captures are whole, or a failure says which is not.
  outcome<void> close_captures();

 private:
  enum : unsigned { boot, act, undo, deadline, kinds };  // `what` is one of them and kinds * an index

  outcome<void> set_up_nodes();
  outcome<void> set_up_links();
  void plug(const end_plan& end, simulation::port& cable);
  void happens(unsigned what, simulation::frame&& none) noexcept override;
  void perform(const event_plan& event);
  void change_link(const link_change& change, bool back);
  void check_deadline(const expectation& one);

  void printed(const std::string& node, std::string_view line);
  void exited(const std::string& node, int status);
  void crashed(const std::string& node, std::string_view why);
  void fail_because(const std::string& node, std::string why);
  [[nodiscard]] bool all_seen() const;
  [[nodiscard]] bool anybody_runs() const;
  [[nodiscard]] double seconds() const;

  const scenario& plan_;
  const stage_options& options_;
  simulation::scheduler world_;
  machine_watcher watcher_;
  std::map<std::string, simulation::ethernet_switch> switches_;
  std::deque<capture_file> captures_;
  std::map<std::string, simulation::link> links_;
  std::map<std::string, machine> machines_;
  std::map<const expectation*, unsigned> seen_;
  std::map<std::string, std::deque<std::string>> last_lines_;
  report report_;
};

}  // namespace mirage::simulator
