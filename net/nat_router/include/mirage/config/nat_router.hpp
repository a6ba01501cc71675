// SPDX-License-Identifier: ISC
// A router with NAT, as config.cpp sees it: `nat_router(inside, outside)` of two networks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mirage/config/argument.hpp"
#include "mirage/config/arp.hpp"
#include "mirage/config/device.hpp"
#include "mirage/config/ethernet.hpp"
#include "mirage/config/icmp.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

struct router {
  static constexpr std::string_view name = "router";
  static constexpr std::string_view satisfies = "mirage::port_forwarding_router";
};

/// A port outside and where it leads; for a boot argument of type std::vector<port_forward>.
struct port_forward {
  std::string text;
};
template <>
inline std::string argument_type<port_forward>::name() {
  return "mirage::port_forward";
}

namespace detail {

/// The layers of one side.
struct router_side {
  static constexpr std::string_view name = "router_side";
  static constexpr std::string_view satisfies = "";
};

inline device<router_side> side_of_router(const needs<network>& below, const std::string& addresses,
                                          const std::vector<argument_info>& arguments) {
  const auto link = ethernet_on(below);
  const auto neighbours = arp_on(link);
  const auto ipv4 = implementation<ip, ethernet, arp>{{.name = "ipv4",
                                                       .type = "mirage::ipv4<$0, $1>",
                                                       .header = "mirage/ipv4.hpp",
                                                       .construct = "$name, $0, $1, {" + addresses + "}",
                                                       .packages = {"ipv4"},
                                                       .arguments = arguments}}(link, neighbours);
  return implementation<router_side, network, ethernet, arp, ip, icmp>{
      {.name = "interface",
       .type = "mirage::network_interface<$0, $1, $2, $3, $4>",
       .header = "mirage/stack/network_interface.hpp",
       .construct = "$name, $0, $1, $2, $3, $4",
       .packages = {"stack"}}}(below, link, neighbours, ipv4, icmp_on(ipv4));
}

}  // namespace detail

/// With the boot arguments --inside-ipv4, --outside-ipv4 and --outside-ipv4-gateway.
inline device<router> nat_router(const needs<network>& inside, const needs<network>& outside) {
  const group in{"inside"};
  const group out{"outside"};
  const argument<ipv4_prefix> inside_ipv4(
      "ipv4", "The router's address inside, with the length of the network", {"192.168.1.1/24"});
  const argument<ipv4_prefix> outside_ipv4(
      "ipv4", "The address that all inside are seen by, with the length of the network outside",
      {"10.0.0.2/24"});
  const argument<std::optional<ipv4_address>> gateway(
      "ipv4-gateway", "The way from there to other networks; none without it");
  return implementation<router, detail::router_side, detail::router_side>{
      {.name = "router",
       .type = "mirage::nat_router<$0, $1>",
       .header = "mirage/nat_router.hpp",
       .construct = "$name, $0, $1",
       .packages = {"nat_router"}}}(
      detail::side_of_router(inside, ".address = $ipv4", {inside_ipv4.in(in)}),
      detail::side_of_router(outside, ".address = $ipv4, .gateway = $ipv4-gateway",
                             {outside_ipv4.in(out), gateway.in(out)}));
}

}  // namespace mirage::config
