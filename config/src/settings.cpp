// SPDX-License-Identifier: ISC
#include "settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "mirage/config/words.hpp"

namespace mirage::config {
namespace {

// Flags of `mirage configure` itself; a key of that name could never be given.
constexpr std::array reserved{"color",  "dry-run", "file",    "help",   "no-depext",
                              "output", "quiet",   "version", "verbose"};

bool fits(key_info::kind type, const std::string& value) {
  switch (type) {
    case key_info::kind::flag: return value == "true" || value == "false";
    case key_info::kind::number: {
      long long number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      return error == std::errc{} && end == value.data() + value.size();
    }
    case key_info::kind::word: return true;
  }
  return false;
}

std::string wanted(key_info::kind type) {
  return type == key_info::kind::flag ? "true or false" : "a whole number";
}

}  // namespace

outcome<settings> settings::survey(std::span<const node_pointer> roots, alternatives_of& alternatives) {
  settings found;
  if (auto ok = found.declare(target_key(), {}); !ok) return std::unexpected(ok.error());
  for (const auto& root : roots) {
    if (auto ok = found.visit(*root, alternatives); !ok) return std::unexpected(ok.error());
  }
  return found;
}

outcome<void> settings::visit(const node& here, alternatives_of& alternatives) {
  if (!visited_.emplace(&here, true).second) return {};
  for (const auto& key : here.what.keys) {
    if (auto ok = declare(key, {}); !ok) return ok;
  }
  for (const auto& input : here.inputs) {
    if (auto ok = visit(*input.from, alternatives); !ok) return ok;
  }
  if (!here.pick) return {};

  const auto& options = alternatives.emplace(&here, here.pick->alternatives()).first->second;
  std::vector<std::string> values;
  for (const auto& option : options) {
    values.push_back(option.value);
    if (auto ok = visit(*option.device, alternatives); !ok) return ok;
  }
  if (here.pick->otherwise) {
    if (auto ok = visit(*here.pick->otherwise, alternatives); !ok) return ok;
    values.clear();
  }
  return declare(here.pick->by, values);
}

outcome<void> settings::declare(const key_info& key, const std::vector<std::string>& values) {
  if (!is_plain_name(key.name) || std::ranges::find(reserved, key.name) != reserved.end()) {
    return std::unexpected(
        refusal{"a key cannot be called `" + key.name +
                "`; take lower-case letters, digits and `-`, and no flag of mirage configure"});
  }
  const auto [place, is_new] = keys_.try_emplace(key.name, settled_key{key, key.fallback, {}});
  if (!is_new && !(place->second.key == key)) {
    return std::unexpected(
        refusal{"two keys are called --" + key.name + " but differ; rename one, or put it in a group"});
  }
  if (key.name == "target") return {};
  for (const auto& value : values) {
    if (std::ranges::find(place->second.values, value) == place->second.values.end()) {
      place->second.values.push_back(value);
    }
  }
  return {};
}

outcome<void> settings::read(std::span<const std::string> command_line) {
  for (std::size_t i = 0; i < command_line.size(); ++i) {
    const std::string& word = command_line[i];
    if (!word.starts_with("--") || word.size() < 3) {
      return std::unexpected(refusal{"`" + word + "` is no key; keys are given as --NAME=VALUE"});
    }
    const auto equals = word.find('=');
    const std::string name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    const auto known = keys_.find(name);
    std::string value;
    if (equals != word.npos) {
      value = word.substr(equals + 1);
    } else if (known != keys_.end() && known->second.key.type == key_info::kind::flag) {
      value = "true";
    } else if (known != keys_.end() && i + 1 == command_line.size()) {
      return std::unexpected(refusal{"--" + name + " needs a value: --" + name + "=VALUE"});
    } else if (known != keys_.end()) {
      value = command_line[++i];
    }
    if (auto ok = set(name, value); !ok) return ok;
  }
  return {};
}

outcome<void> settings::set(const std::string& name, const std::string& value) {
  const auto known = keys_.find(name);
  if (known == keys_.end()) {
    std::vector<std::string> names;
    for (const auto& [each, key] : keys_) names.push_back("--" + each);
    return std::unexpected(refusal{"there is no key --" + name + " here; the keys are " + listed(names)});
  }
  settled_key& key = known->second;
  if (!fits(key.key.type, value)) {
    return std::unexpected(refusal{"--" + name + " is " + wanted(key.key.type) + ", not `" + value + "`"});
  }
  key.value = value;
  return {};
}

std::string settings::value(const key_info& key) const {
  const auto known = keys_.find(key.name);
  return known == keys_.end() ? key.fallback : known->second.value;
}

void settings::settle(const key_info& key, const std::string& value) {
  if (const auto known = keys_.find(key.name); known != keys_.end() && known->second.value.empty()) {
    known->second.value = value;
  }
}

std::vector<settled_key> settings::all() const {
  std::vector<settled_key> out;
  for (const auto& [name, key] : keys_) out.push_back(key);
  return out;
}

}  // namespace mirage::config
