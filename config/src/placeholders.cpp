// SPDX-License-Identifier: ISC
#include "placeholders.hpp"

#include <charconv>
#include <system_error>

#include "mirage/config/words.hpp"

namespace mirage::config {

placeholders::placeholders(const descriptor& what, const std::string& name) : device_(what.name) {
  if (!name.empty()) values_["name"] = cpp_literal(name);
}

void placeholders::add_key(const key_info& key, const std::string& value) {
  values_[key.placeholder] = key.type == key_info::kind::word ? cpp_literal(value) : value;
}

void placeholders::add_argument(const argument_info& argument) {
  std::string value = "*arguments." + cpp_name(argument.name);
  everything_.push_back(value);
  values_[argument.placeholder] = std::move(value);
}

outcome<std::string> placeholders::meaning(std::string_view name) const {
  if (name == "$") return "$";
  if (name == "*") {
    std::string all;
    for (const auto& one : everything_) all += (all.empty() ? "" : ", ") + one;
    return all;
  }
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  if (error == std::errc{} && end == name.data() + name.size() && index < dependencies_.size())
    return dependencies_[index];
  if (const auto known = values_.find(name); known != values_.end()) return known->second;
  return std::unexpected(refusal{"the descriptor of " + device_ + " says $" + std::string{name} +
                                 ", which is none of its dependencies, keys or arguments"});
}

outcome<std::string> placeholders::fill(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    if (text.front() != '$') {
      const auto plain = text.substr(0, text.find('$'));
      out += plain;
      text.remove_prefix(plain.size());
      continue;
    }
    text.remove_prefix(1);
    std::size_t length = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_");
    if (length == text.npos) length = text.size();
    if (length == 0 && !text.empty()) length = 1;  // `$*` and `$$`
    auto value = meaning(text.substr(0, length));
    if (!value) return value;
    out += *value;
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace mirage::config
