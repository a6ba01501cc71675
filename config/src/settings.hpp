// SPDX-License-Identifier: ISC
// The keys of a configuration: which there are in any branch of the graph, and what the command line says.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "graph.hpp"

namespace mirage::config {

/// The alternatives of each choice, asked for once: a generic device makes its implementations when asked,
/// and the one that is chosen must be the same object for all its users.
using alternatives_of = std::map<const node*, std::vector<alternative>>;

class settings {
 public:
  /// Every key that any branch of the graph mentions, with its possible values.
  static outcome<settings> survey(std::span<const node_pointer> roots, alternatives_of& alternatives);

  /// Takes --NAME VALUE, --NAME=VALUE and, for flags, --NAME. Refuses what no key is called, and values of
  /// the wrong type.
  outcome<void> read(std::span<const std::string> command_line);

  /// What was given, else the key's default; empty if there is neither.
  std::string value(const key_info& key) const;

  /// A choice settled itself where the key had no value: it is shown as if it were given.
  void settle(const key_info& key, const std::string& value);

  std::vector<settled_key> all() const;

 private:
  outcome<void> visit(const node& here, alternatives_of& alternatives);
  outcome<void> declare(const key_info& key, const std::vector<std::string>& values);
  outcome<void> set(const std::string& name, const std::string& value);

  std::map<std::string, settled_key> keys_;
  std::map<const node*, bool> visited_;
};

}  // namespace mirage::config
