// SPDX-License-Identifier: ISC
// What a scenario file says: which nodes there are, how they are connected, what happens, and what must be
// seen. The page mirage-test of the manual describes the format.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "failure.hpp"
#include "mirage/core/time.hpp"
#include "mirage/simulation/pipe.hpp"

namespace mirage::simulator {

struct node_plan {
  std::string name;
  std::filesystem::path image;  // empty: the one of the command line
  std::vector<std::string> arguments;
  bool offloads = false;
  duration boot{};
};

/// A node's interface ("server", "server.eth1") or a switch.
struct end_plan {
  std::string owner;
  std::string interface;  // empty: the first
};

struct link_plan {
  std::string name;
  end_plan left;
  end_plan right;
  simulation::pipe_options options;
};

/// Of a link's options only those that are named change, and back again at the event's `until`.
struct link_change {
  std::string link;
  std::vector<std::string> keys;
  simulation::pipe_options changes;
  std::optional<bool> up;
  void apply(simulation::pipe_options& to) const;
};

struct event_plan {
  duration at{};
  std::optional<duration> until;
  enum class kind { change, stop, start, restart, end } what = kind::change;
  std::string node;  // of all but `change`
  link_change change;
};

struct expectation {
  std::string node;
  enum class kind { prints, never_prints, exits } what = kind::prints;
  std::string text;
  unsigned times = 1;
  int status = 0;
  std::optional<duration> by;
};

struct scenario {
  std::string name;  // of the file, without the ending
  std::string summary;
  std::uint64_t seed = 1;
  duration limit = 60s;  // of virtual time
  std::vector<node_plan> nodes;
  std::vector<std::string> switches;
  std::vector<link_plan> links;
  std::vector<event_plan> events;
  std::vector<expectation> expected;
};

/// Mistakes are told as "FILE:LINE:COLUMN: what is wrong".
outcome<scenario> read_scenario(const std::filesystem::path& file);
outcome<scenario> parse_scenario(std::string_view text, const std::filesystem::path& file);

}  // namespace mirage::simulator
