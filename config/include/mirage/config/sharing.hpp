// SPDX-License-Identifier: ISC
// Devices that serve one user, as a network does, and what is put between one and several users. config.cpp
// hands such a device to whom it likes: what is missing comes into the graph by itself. Packages say in their
// descriptor headers what that is.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/config/descriptor.hpp"

namespace mirage::config {

/// How a device of a module type serves several: the share stands on the device, its `$0`, and for each user
/// there is a port on the share, its `$0`, that offers the module type again.
struct sharing {
  std::string module;        // "network"
  std::string share_module;  // what the share is to the port
  descriptor share;
  descriptor port;
};

/// Rules that come before main, in any order.
class sharing_rules {
 public:
  /// Used as `inline const bool added = sharings.add({...});`, one for each module type.
  bool add(sharing rule) const {
    rules_.push_back(std::move(rule));
    return true;
  }
  /// Null: it serves as many as there are.
  const sharing* of(std::string_view module) const {
    const auto found = std::ranges::find(rules_, module, &sharing::module);
    return found == rules_.end() ? nullptr : &*found;
  }

 private:
  mutable std::vector<sharing> rules_;
};

inline constinit const sharing_rules sharings{};

}  // namespace mirage::config
