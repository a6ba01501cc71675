// SPDX-License-Identifier: ISC
#include "mirage/core/host_name.hpp"

#include <algorithm>

namespace mirage {

namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

bool may_be_in_label(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= longest_label && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, may_be_in_label);
}

}  // namespace

bool is_host_name(std::string_view name) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() > longest_name) return false;
  while (true) {
    const std::string_view label = name.substr(0, name.find('.'));
    if (!is_label(label)) return false;
    if (label.size() == name.size()) return true;
    name.remove_prefix(label.size() + 1);
  }
}

}  // namespace mirage
