// SPDX-License-Identifier: ISC
// Generic devices: config.cpp says what it wants, and the target, or a key, says which implementation it
// gets. Packages make the offers, in their own descriptor headers, so a new implementation or target edits no
// list.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "mirage/config/choice.hpp"
#include "mirage/config/device.hpp"
#include "mirage/config/key.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// One way to implement a generic device: `--key=value` picks it; without that, the offer of the highest rank
/// among those for the target whose condition `unasked` holds.
template <module_type Out, class... In>
struct offer {
  std::string value;
  std::vector<std::string> targets = {};  // empty: every target
  int rank = 0;
  std::optional<condition> unasked = {};  // of a key of the same group; none: always
  std::function<device<Out>(In..., const group&)> make;
};

/// A device with offers instead of an implementation: an `inline constinit const` variable. The offers are
/// the one thing here that changes after it is made: inline variables of the descriptor headers add to them
/// before main, in any order, and so this must be there before all of them.
template <module_type Out, class... In>
class generic {
 public:
  constexpr generic(std::string_view key_name, std::string_view doc) : key_name_(key_name), doc_(doc) {}
  generic(const generic&) = delete;
  generic& operator=(const generic&) = delete;

  /// Used as `inline const bool offered = stacks.add({...});`. The order of the headers does not matter: the
  /// highest rank comes first, and then the alphabet.
  bool add(offer<Out, In...> one) const {
    auto place = [&](const auto& other) {
      return std::tie(other.rank, one.value) < std::tie(one.rank, other.value);
    };
    offers_.insert(std::ranges::find_if(offers_, place), std::move(one));
    return true;
  }

  /// For the condition of another's offer.
  condition is(const std::string& value) const { return {key({}), value}; }

  device<Out> operator()(const In&... inputs, const group& prefix = {}) const {
    auto list = [this, prefix, inputs...] {
      std::vector<alternative> found;
      for (const auto& one : offers_) {
        auto unasked = one.unasked;
        if (unasked) unasked->key.name = prefix.prefixed(unasked->key.placeholder);
        found.push_back({one.value, one.make(inputs..., prefix).itself(), one.targets, one.rank, unasked});
      }
      return found;
    };
    return device<Out>{std::make_shared<const node>(
        node{.module = std::string{Out::name}, .pick = choice{key(prefix), std::move(list)}})};
  }

 private:
  key_info key(const group& prefix) const {
    const std::string name{key_name_};
    return {prefix.prefixed(name), std::string{doc_}, key_info::kind::word, "", name};
  }

  std::string_view key_name_;
  std::string_view doc_;
  mutable std::vector<offer<Out, In...>> offers_;
};

/// What packages make offers to.
// clang-format off
inline constinit const generic<console>                   consoles{"console", "What the console is"};
inline constinit const generic<network, std::string>      networks{"network", "What a network interface is"};
inline constinit const generic<stack, needs<network>>     stacks{"net", "How the stack reaches the network"};
inline constinit const generic<resolver, needs<stack>>    resolvers{"names", "How names are looked up"};
inline constinit const generic<block, std::string>        blocks{"block", "What a block device is"};
inline constinit const generic<kv_ro, std::string>        folders{"kv_ro", "How a folder gets into the image"};
// clang-format on

/// The console of the target.
inline const device<console> default_console = consoles();

/// The target's first network interface.
inline const device<network> default_network = networks("");

/// The network interface of a name that the target gives a meaning to (a tap on unix).
inline device<network> netif(const std::string& name, const group& prefix = {}) {
  return networks(name, prefix);
}

/// A stack of network protocols, by the key --net; `prefix` is put before that key and before the stack's
/// boot arguments (--management-net, --management-ipv4).
inline device<stack> generic_stack(const needs<network>& interface, const group& prefix = {}) {
  return stacks(interface, prefix);
}

/// Looks names up, by the key --names.
inline device<resolver> generic_resolver(const needs<stack>& over, const group& prefix = {}) {
  return resolvers(over, prefix);
}

/// A block device that is a file of the host, or the disk that the target knows by that name; by the key
/// --block.
inline device<block> generic_block(const std::string& name, const group& prefix = {}) {
  return blocks(name, prefix);
}

/// A folder of the project as a read-only store, by the key --kv_ro.
inline device<kv_ro> generic_kv_ro(const std::string& folder, const group& prefix = {}) {
  return folders(folder, prefix);
}

}  // namespace mirage::config
