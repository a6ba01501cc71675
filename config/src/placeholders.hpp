// SPDX-License-Identifier: ISC
// Fills in the `$0`, `$port`, `$name` and `$*` of a descriptor.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph.hpp"

namespace mirage::config {

class placeholders {
 public:
  /// `name` is the device's own, "http_0"; a unikernel has none.
  placeholders(const descriptor& what, const std::string& name);

  void add_dependency(std::string text) {
    everything_.push_back(text), dependencies_.push_back(std::move(text));
  }
  void add_key(const key_info& key, const std::string& value);
  void add_argument(const argument_info& argument);

  /// Refuses a placeholder that stands for nothing.
  outcome<std::string> fill(std::string_view text) const;

 private:
  outcome<std::string> meaning(std::string_view name) const;

  std::string device_;
  std::vector<std::string> dependencies_;
  std::vector<std::string> everything_;  // of `$*`: the dependencies, then the arguments
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace mirage::config
