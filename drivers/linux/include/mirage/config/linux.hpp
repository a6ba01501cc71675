// SPDX-License-Identifier: ISC
// The devices of a Linux process, as config.cpp sees them: what the target `unix` offers for each generic
// device.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "mirage/config/generic.hpp"
#include "mirage/config/words.hpp"

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

namespace detail {

// Which interface of the host: the one that config.cpp names, or the one that --interface does.
// `what.construct` has the options that the command line sets.
inline device<network> interface_of_host(descriptor what, const std::string& name, const std::string& preset,
                                         const group& prefix) {
  what.packages = {"linux"};
  if (!name.empty()) {
    what.construct = "$name, " + cpp_literal(name);
    what.arguments.clear();
    return implementation<network>{std::move(what)}();
  }
  what.construct = "$name, $interface, " + what.construct;
  const std::vector<argument_info> common{
      argument<std::string>("interface", "The host's network interface", preset).in(prefix),
      argument<std::optional<mac_address>>("mac", "The MAC address; random without it").in(prefix),
      argument<std::string>("pcap", "A file for every frame, in the pcap format", "").in(prefix)};
  what.arguments.insert(what.arguments.begin(), common.begin(), common.end());
  return implementation<network>{std::move(what)}();
}

}  // namespace detail

/// An Ethernet interface of our own behind a tap of the host. Without a name, `--interface` says which.
inline device<network> tap(const std::string& interface = "", const group& prefix = {}) {
  return detail::interface_of_host(
      {.name = "network",
       .type = "mirage::tap",
       .header = "mirage/linux/tap.hpp",
       .construct = "{.mac = $mac, .capture = $pcap, .offloads = $offloads}",
       .arguments =
           {argument<bool>("offloads", "Leave checksums and segmentation to the host", true).in(prefix)}},
      interface, "tap0", prefix);
}

/// A station of our own at an interface that the host has. Without a name, `--interface` says which.
inline device<network> packet(const std::string& interface = "", const group& prefix = {}) {
  return detail::interface_of_host({.name = "network",
                                    .type = "mirage::packet",
                                    .header = "mirage/linux/packet.hpp",
                                    .construct = "{.mac = $mac, .capture = $pcap}"},
                                   interface, "eth0", prefix);
}

/// Names by the host's way, getaddrinfo(3). It has connections of its own, so it needs no stack.
inline device<resolver> system_resolver() {
  return implementation<resolver>{{.name = "resolver",
                                   .type = "mirage::system_resolver",
                                   .header = "mirage/linux/system_resolver.hpp",
                                   .construct = "$name",
                                   .packages = {"linux"}}}();
}

/// The terminal, or wherever standard input and output lead.
inline device<console> host_console() {
  return implementation<console>{{.name = "console",
                                  .type = "mirage::host_console",
                                  .header = "mirage/linux/host_console.hpp",
                                  .construct = "$name",
                                  .packages = {"linux"}}}();
}

/// A disk in a file. A relative path is looked up where the image is started.
inline device<block> block_of_file(const std::string& path) {
  return implementation<block>{{.name = "block",
                                .type = "mirage::file_block",
                                .header = "mirage/linux/file_block.hpp",
                                .construct = "$name, " + cpp_literal(path),
                                .packages = {"linux"}}}();
}

namespace detail {

template <module_type Store>
device<Store> folder_of_host(const std::string& path) {
  return implementation<Store>{{.name = "files",
                                .type = "mirage::folder_kv",
                                .header = "mirage/linux/folder_kv.hpp",
                                .construct = "$name, " + cpp_literal(path),
                                .packages = {"linux"}}}();
}

}  // namespace detail

/// A folder of the host as a store, read while the image runs. A relative path is looked up where the image
/// is started.
inline device<kv_ro> direct_kv_ro(const std::string& path) { return detail::folder_of_host<kv_ro>(path); }
/// The same, to be written too.
inline device<kv_rw> direct_kv_rw(const std::string& path) { return detail::folder_of_host<kv_rw>(path); }

namespace detail {

inline const bool linux_offers =
    networks.add({.value = "tap",
                  .targets = {"unix"},
                  .make = [](const std::string& name, const group& prefix) { return tap(name, prefix); }}) &&
    // The host's own interface serves others, too, so this one must be asked for.
    networks.add(
        {.value = "packet",
         .targets = {"unix"},
         .rank = -1,
         .make = [](const std::string& name, const group& prefix) { return packet(name, prefix); }}) &&
    stacks.add({.value = "host",
                .targets = {"unix"},
                .make = [](const needs<network>&, const group& prefix) { return socket_stack(prefix); }}) &&
    resolvers.add({.value = "system",
                   .targets = {"unix"},
                   .make = [](const needs<stack>&, const group&) { return system_resolver(); }}) &&
    consoles.add(
        {.value = "host", .targets = {"unix"}, .make = [](const group&) { return host_console(); }}) &&
    blocks.add({.value = "file",
                .targets = {"unix"},
                .make = [](const std::string& path, const group&) { return block_of_file(path); }}) &&
    // The folder in the image (crunch) is what all targets have, so this one must be asked for.
    folders.add({.value = "direct",
                 .targets = {"unix"},
                 .rank = -1,
                 .make = [](const std::string& path, const group&) { return direct_kv_ro(path); }});

}  // namespace detail

}  // namespace mirage::config
