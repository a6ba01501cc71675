// SPDX-License-Identifier: ISC
#include "resolve.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "insert_shares.hpp"
#include "mirage/config/words.hpp"
#include "placeholders.hpp"

namespace mirage::config {
namespace {

class resolver_of_image {
 public:
  resolver_of_image(graph& image, settings& keys, const alternatives_of& alternatives)
      : image_(image), keys_(keys), alternatives_(alternatives) {}

  // A unikernel, with everything below it.
  outcome<void> add_unikernel(const node_pointer& from, const std::string& at) {
    auto chosen = choose(from, at);
    if (!chosen) return std::unexpected(chosen.error());
    const node& here = **chosen;
    if (here.what.name.empty()) return {};  // noop
    const std::string place = at_or(here.where, at);
    auto inputs = add_inputs(here, place);
    if (!inputs) return std::unexpected(inputs.error());
    if (auto ok = add_arguments(here.what, ""); !ok) return ok;
    image_.unikernels.push_back({here.what, std::move(*inputs), place});
    return {};
  }

  // The types and objects of main.cpp: http_0 and http; where there are several, http_1 and http1.
  void name_devices() {
    std::map<std::string, int> total;
    for (const auto& device : image_.devices) ++total[device.what.name];
    std::map<std::string, int> seen;
    for (auto& device : image_.devices) {
      const std::string number = std::to_string(seen[device.what.name]++);
      device.type_name = device.what.name + "_" + number;
      device.object = cpp_name(device.what.name + (total[device.what.name] > 1 ? number : ""));
    }
  }

  outcome<void> fill_placeholders() {
    for (auto& device : image_.devices) {
      if (auto ok = fill(device.what, device.inputs, device.type_name); !ok) return ok;
    }
    for (auto& unikernel : image_.unikernels) {
      if (auto ok = fill(unikernel.what, unikernel.inputs, ""); !ok) return ok;
    }
    return {};
  }

 private:
  static std::string at_or(const std::source_location& where, const std::string& otherwise) {
    const std::string own = shown(where);
    return own.empty() ? otherwise : own;
  }

  outcome<node_pointer> choose(node_pointer from, const std::string& at) {
    while (from->pick) {
      const choice& pick = *from->pick;
      const auto& options = alternatives_.at(from.get());
      const alternative* best = nullptr;
      const std::string wanted = keys_.value(pick.by);
      for (const auto& option : options) {
        const bool here = option.targets.empty() || std::ranges::count(option.targets, image_.target) > 0;
        const bool match = wanted.empty() ? is_taken_unasked(option) : option.value == wanted;
        if (here && match && (best == nullptr || option.rank > best->rank)) best = &option;
      }
      if (best != nullptr) {
        if (pick.by.fallback.empty()) keys_.settle(pick.by, best->value);
        from = best->device;
      } else if (pick.otherwise) {
        from = pick.otherwise;
      } else {
        return refuse(*from, options, wanted, at);
      }
    }
    return from;
  }

  bool is_taken_unasked(const alternative& option) const {
    return !option.unasked || keys_.value(option.unasked->key) == option.unasked->value;
  }

  std::unexpected<refusal> refuse(const node& from, const std::vector<alternative>& options,
                                  const std::string& wanted, const std::string& at) const {
    std::vector<std::string> possible;
    for (const auto& option : options) {
      const bool here = option.targets.empty() || std::ranges::count(option.targets, image_.target) > 0;
      if (here && std::ranges::count(possible, option.value) == 0) possible.push_back(option.value);
    }
    const std::string place = at.empty() ? "" : at + ": ";
    if (possible.empty()) {
      return std::unexpected(refusal{place + "the target " + image_.target + " has no " + from.module +
                                     "; choose another target with -t or do without it"});
    }
    if (from.pick->by.name == "target") {
      std::vector<std::string> targets;
      for (const auto& option : options) targets.push_back(option.value);
      return std::unexpected(refusal{place + "config.cpp chooses no " + from.module + " for the target " +
                                     image_.target + ", only for " + listed(targets)});
    }
    return std::unexpected(refusal{place + "there is no " + from.module + " for --" + from.pick->by.name +
                                   "=" + wanted + " on the target " + image_.target +
                                   "; choose one of: " + listed(possible, "or")});
  }

  outcome<std::vector<settled_wire>> add_inputs(const node& here, const std::string& at) {
    std::vector<settled_wire> wires;
    for (const auto& input : here.inputs) {
      const std::string place = at_or(input.where, at);
      auto given = add_device(input.from, place);
      if (!given) return std::unexpected(given.error());
      wires.push_back({here.what.name, input.wanted, input.satisfies, *given, place});
    }
    return wires;
  }

  // The index of the device that `from` comes down to, made after what it depends on.
  outcome<std::size_t> add_device(const node_pointer& from, const std::string& at) {
    auto chosen = choose(from, at);
    if (!chosen) return std::unexpected(chosen.error());
    const node& here = **chosen;
    if (const auto known = indices_.find(&here); known != indices_.end()) return known->second;

    if (!here.refusal.empty()) {
      const std::string place = at_or(here.where, at);
      return std::unexpected(refusal{(place.empty() ? "" : place + ": ") + here.refusal});
    }
    const auto& targets = here.what.targets;
    if (!targets.empty() && std::ranges::count(targets, image_.target) == 0) {
      return std::unexpected(refusal{(at.empty() ? "" : at + ": ") + here.what.name +
                                     " is a device of the target " + listed(targets, "or") +
                                     ", and the target here is " + image_.target +
                                     "; choose another device or another target"});
    }
    auto inputs = add_inputs(here, at_or(here.where, at));
    if (!inputs) return std::unexpected(inputs.error());
    if (auto ok = add_arguments(here.what, here.what.name); !ok) return std::unexpected(ok.error());
    image_.devices.push_back({"", "", here.module, here.what, std::move(*inputs)});
    indices_.emplace(&here, image_.devices.size() - 1);
    return image_.devices.size() - 1;
  }

  // `heading` is the part of --help where they stand: nothing for a unikernel's own.
  outcome<void> add_arguments(const descriptor& what, const std::string& heading) {
    static constexpr std::array common{"delay", "help", "logs", "name", "version"};
    for (const auto& argument : what.arguments) {
      if (!is_argument_name(argument.name) || std::ranges::count(common, argument.name) > 0) {
        return std::unexpected(refusal{"a boot argument cannot be called `" + argument.name +
                                       "`; take lower-case letters, digits and `-`, and none of " +
                                       listed({common.begin(), common.end()}) +
                                       ", which every unikernel has"});
      }
      const auto same = std::ranges::find(image_.arguments, argument.name,
                                          [](const settled_argument& one) { return one.argument.name; });
      if (same == image_.arguments.end()) {
        const std::string group = argument.name.substr(0, argument.name.size() - argument.placeholder.size());
        image_.arguments.push_back({argument, heading.empty() || group.empty() ? heading : group + heading});
      } else if (!(same->argument == argument)) {
        return std::unexpected(refusal{"two boot arguments are called --" + argument.name +
                                       " but differ; rename one, or put its device in a group"});
      }
    }
    return {};
  }

  outcome<void> fill(descriptor& what, const std::vector<settled_wire>& inputs,
                     const std::string& name) const {
    placeholders types{what, name};
    placeholders objects{what, name};
    for (const auto& input : inputs) {
      types.add_dependency(image_.devices[input.given].type_name);
      objects.add_dependency(image_.devices[input.given].object);
    }
    for (const auto& key : what.keys) {
      types.add_key(key, keys_.value(key));
      objects.add_key(key, keys_.value(key));
    }
    for (const auto& argument : what.arguments) objects.add_argument(argument);

    auto type = types.fill(what.type);
    if (!type) return std::unexpected(type.error());
    auto construct = objects.fill(what.construct);
    if (!construct) return std::unexpected(construct.error());
    for (auto& command : what.cmake) {
      auto filled = types.fill(command);
      if (!filled) return std::unexpected(filled.error());
      command = std::move(*filled);
    }
    what.type = std::move(*type);
    what.construct = std::move(*construct);
    return {};
  }

  graph& image_;
  settings& keys_;
  const alternatives_of& alternatives_;
  std::map<const node*, std::size_t> indices_;
};

}  // namespace

outcome<graph> resolve(const std::string& name, std::span<const needs<job>> run, settings keys,
                       const alternatives_of& alternatives) {
  graph image;
  image.name = name;
  image.target = keys.value(target_key());
  resolver_of_image work{image, keys, alternatives};
  for (const auto& one : run) {
    const wire start = one.as_wire();
    if (auto ok = work.add_unikernel(start.from, shown(start.where)); !ok) return std::unexpected(ok.error());
  }
  auto shared = insert_shares(image);
  if (!shared) return std::unexpected(shared.error());
  image = std::move(*shared);
  work.name_devices();
  if (auto ok = work.fill_placeholders(); !ok) return std::unexpected(ok.error());
  image.keys = keys.all();
  return image;
}

std::string shown(const std::source_location& where) {
  std::string file = where.file_name();
  if (file.contains("/mirage/config/")) return "";
  if (file.starts_with("./")) file.erase(0, 2);
  return file + ":" + std::to_string(where.line());
}

}  // namespace mirage::config
