// SPDX-License-Identifier: ISC
// The devices of a Linux process, as config.cpp sees them: what the target `unix` offers for each generic
// device.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "mirage/config/generic.hpp"

namespace mirage::config {

/// TCP and UDP of the host's kernel. It has no network of its own, so it needs none.
inline device<stack> socket_stack(const group& prefix = {}) {
  return implementation<stack>{
      {.name = "stack",
       .type = "mirage::socket_stack",
       .header = "mirage/linux/socket_stack.hpp",
       .construct = "$name, {.ipv4 = $ipv4, .ipv6 = $ipv6, .ipv4_only = $ipv4-only, .ipv6_only = $ipv6-only, "
                    ".reuse_port = $reuse-port}",
       .packages = {"linux"},
       .arguments = {
           argument<std::optional<ipv4_prefix>>("ipv4", "Local IPv4 address; all without it").in(prefix),
           argument<std::optional<ipv6_prefix>>("ipv6", "Local IPv6 address; all without it").in(prefix),
           argument<bool>("ipv4-only", "Do without IPv6", false).in(prefix),
           argument<bool>("ipv6-only", "Do without IPv4", false).in(prefix),
           argument<bool>("reuse-port", "Let several processes listen on one port", false).in(prefix)}}}();
}

inline const bool socket_stack_is_offered = stacks.add({
    .value = "host",
    .targets = {"unix"},
    .make = [](const needs<network>&, const group& prefix) { return socket_stack(prefix); },
});

}  // namespace mirage::config
