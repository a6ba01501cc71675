// SPDX-License-Identifier: ISC
// Names looked up in DNS: what `generic_resolver` is on our own stack.
#pragma once

#include <string>
#include <vector>

#include "mirage/config/argument.hpp"
#include "mirage/config/device.hpp"
#include "mirage/config/generic.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// Asks the servers of the boot argument --dns-servers, or those that the stack was told of by DHCP or by
/// routers; `prefix` is put before that and before --dns-search.
inline device<resolver> dns_client(const needs<stack>& over, const group& prefix = {}) {
  return implementation<resolver, stack>{
      {.name = "dns_client",
       .type = "mirage::dns_client<$0>",
       .header = "mirage/dns_client.hpp",
       .construct = "$name, $0, {.servers = $dns-servers, .search = $dns-search}",
       .packages = {"dns_client"},
       .arguments = {argument<std::vector<ip_address>>(
                         "dns-servers", "Who is asked for names; without it, whom DHCP or routers tell of")
                         .in(prefix),
                     argument<std::vector<std::string>>(
                         "dns-search", "Domains that a name without a dot at its end may be in")
                         .in(prefix)}}}(over);
}

namespace detail {

// The host knows more names than DNS has, so on unix its own resolver is taken where its stack is, too.
inline const bool dns_client_is_offered =
    resolvers.add(
        {.value = "dns",
         .targets = {"unix"},
         .rank = 1,
         .unasked = stacks.is("direct"),
         .make = [](const needs<stack>& over, const group& prefix) { return dns_client(over, prefix); }}) &&
    resolvers.add({.value = "dns", .rank = -1, .make = [](const needs<stack>& over, const group& prefix) {
                     return dns_client(over, prefix);
                   }});

}  // namespace detail

}  // namespace mirage::config
