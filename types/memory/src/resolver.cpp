// SPDX-License-Identifier: ISC
#include "mirage/memory/resolver.hpp"

#include <algorithm>

#include "mirage/core/host_name.hpp"

namespace mirage::memory {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

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
  if (!is_host_name(host)) return fail(v1::resolve_error::bad_name);
  for (const auto& [name, address] : hosts_)
    if (name == wanted && !found.full()) found.push_back(address);
  if (found.empty()) return fail(v1::resolve_error::not_found);
  return found;
}

}  // namespace mirage::memory
