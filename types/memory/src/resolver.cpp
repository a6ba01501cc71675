// SPDX-License-Identifier: ISC
#include "mirage/memory/resolver.hpp"

#include <algorithm>

namespace mirage::memory {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// RFC 1123 §2.1, RFC 1035 §2.3.4; the underscore, too, which is in use.
bool is_host_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const std::size_t dot = name.find('.');
    const std::string_view label = name.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    const bool known = std::ranges::all_of(label, [](char c) {
      return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!known) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

std::string normalized(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string made(name);
  std::ranges::transform(made, made.begin(), lower);
  return made;
}

}  // namespace

resolver::resolver(std::initializer_list<host> hosts, std::string_view name) : name_(name) {
  for (const host& each : hosts) hosts_.emplace_back(normalized(each.name), each.address);
}

result<v1::address_list, v1::resolve_error> resolver::look_up(std::string_view host) const {
  v1::address_list found;
  if (const auto literal = ip_address::parse(host)) {
    found.push_back(*literal);
    return found;
  }
  const std::string wanted = normalized(host);
  if (!is_host_name(wanted)) return fail(v1::resolve_error::bad_name);
  for (const auto& [name, address] : hosts_)
    if (name == wanted && !found.full()) found.push_back(address);
  if (found.empty()) return fail(v1::resolve_error::not_found);
  return found;
}

}  // namespace mirage::memory
