// SPDX-License-Identifier: ISC
// The project's own stack over several networks, as config.cpp sees it:
//
//   direct_stack({{netif("tap0", group{"inside"}), group{"inside"}},
//                 {netif("tap1", group{"outside"}), group{"outside"}}})
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/config/stack.hpp"

namespace mirage::config {

/// The layers of one network, as a stack has them for each.
struct network_interface {
  static constexpr std::string_view name = "network_interface";
  static constexpr std::string_view satisfies = "";
};

/// A network of a stack; `prefix` is put before the boot arguments of its addresses.
struct stack_network {
  needs<network> below;
  group prefix = {};
};

namespace detail {

/// "mirage::udp<$0, $1>" or, with nothing around, "$name, $0, $1".
inline std::string with_inputs(const std::string& begin, std::size_t count, const std::string& end = "") {
  std::string all = begin;
  for (std::size_t i = 0; i < count; ++i) {
    if (!all.ends_with('<')) all += ", ";
    all += "$" + std::to_string(i);
  }
  return all + end;
}

inline device<ip> ip_over_all(const std::string& name, const std::vector<wire>& interfaces) {
  return wired<ip>({.name = name,
                    .type = with_inputs("mirage::multihomed_ip<", interfaces.size(), ">"),
                    .header = "mirage/ip/multihomed.hpp",
                    .construct = with_inputs("$name", interfaces.size()),
                    .packages = {"ip"}},
                   interfaces, std::source_location::current());
}

/// Why these cannot be the networks of a stack; empty: they can.
inline std::string refusal_of(const std::vector<stack_network>& listed) {
  if (listed.empty())
    return "direct_stack is given no network; hand it one, or {network, group{\"NAME\"}} for each of several";
  std::vector<std::string> names;
  for (const stack_network& each : listed) {
    if (std::ranges::count(names, each.prefix.name) != 0)
      return "two networks of direct_stack are in " +
             (each.prefix.name.empty() ? "no group" : "the group " + each.prefix.name) +
             ", so their boot arguments would be the same; give each a group of its own";
    names.push_back(each.prefix.name);
  }
  return "";
}

/// The layers of one network below UDP and TCP.
struct lower_layers {
  wire ipv4;
  std::optional<wire> ipv6;
  wire together;
};

inline lower_layers single_interface(const stack_network& on, unsigned number) {
  const auto link = ethernet_on(on.below);
  const auto neighbours = arp_on(link);
  const auto ipv4 = ipv4_on(link, neighbours, on.prefix, number);
  const implementation<network_interface, network, ethernet, arp, ip, icmp> put_together{
      {.name = "interface",
       .type = "mirage::network_interface<$0, $1, $2, $3, $4>",
       .header = "mirage/stack/network_interface.hpp",
       .construct = "$name, $0, $1, $2, $3, $4",
       .packages = {"stack"}}};
  const auto made = put_together(on.below, link, neighbours, ipv4, icmp_on(ipv4));
  return {needs<ip>(ipv4).as_wire(), std::nullopt, needs<network_interface>(made).as_wire()};
}

inline lower_layers dual_interface(const stack_network& on, unsigned number) {
  const auto link = ethernet_on(on.below);
  const auto neighbours = arp_on(link);
  const auto ipv4 = ipv4_on(link, neighbours, on.prefix, number);
  const auto ipv6 = ipv6_on(link, on.prefix, number);
  const implementation<network_interface, network, ethernet, arp, ip, icmp, ip, icmp> put_together{
      {.name = "interface",
       .type = "mirage::network_interface<$0, $1, $2, $3, $4, $5, $6>",
       .header = "mirage/stack/network_interface.hpp",
       .construct = "$name, $0, $1, $2, $3, $4, $5, $6",
       .packages = {"stack"}}};
  const auto made = put_together(on.below, link, neighbours, ipv4, icmp_on(ipv4), ipv6, icmpv6_on(ipv6));
  return {needs<ip>(ipv4).as_wire(), needs<ip>(ipv6).as_wire(), needs<network_interface>(made).as_wire()};
}

/// `of_one` is one of the two above.
inline device<stack> stack_over_all(const std::vector<stack_network>& listed, std::source_location where,
                                    lower_layers (*of_one)(const stack_network&, unsigned)) {
  std::vector<wire> all_ipv4;
  std::vector<wire> all_ipv6;
  std::vector<wire> interfaces;
  for (const stack_network& each : listed) {
    lower_layers made = of_one(each, static_cast<unsigned>(interfaces.size() + 1));
    all_ipv4.push_back(std::move(made.ipv4));
    if (made.ipv6) all_ipv6.push_back(*std::move(made.ipv6));
    interfaces.push_back(std::move(made.together));
  }
  const auto ipv4 = ip_over_all("all_ipv4", all_ipv4);
  const auto with = [&](const auto& udp_layer, const auto& tcp_layer) {
    std::vector<wire> inputs{needs<udp>(udp_layer).as_wire(), needs<tcp>(tcp_layer).as_wire()};
    inputs.insert(inputs.end(), interfaces.begin(), interfaces.end());
    return wired<stack>({.name = "stack",
                         .type = with_inputs("mirage::multihomed_stack<", inputs.size(), ">"),
                         .header = "mirage/stack/multihomed.hpp",
                         .construct = with_inputs("$name", inputs.size()),
                         .packages = {"stack"}},
                        inputs, where);
  };
  if (all_ipv6.empty()) return with(udp_on(ipv4), tcp_on(ipv4));
  const auto ipv6 = ip_over_all("all_ipv6", all_ipv6);
  return with(udp_on_both(ipv4, ipv6), tcp_on_both(ipv4, ipv6));
}

}  // namespace detail

/// One stack over all of them, with both versions of IP or, with the key --ip=ipv4, one: one set of ports,
/// and for each network addresses of its own, from the boot arguments of its group (--inside-ipv4, ...). They
/// are numbered from 1, in order.
inline device<stack> direct_stack(const std::vector<stack_network>& listed,
                                  std::source_location where = std::source_location::current()) {
  if (std::string why = detail::refusal_of(listed); !why.empty())
    return wired<stack>({.name = "stack", .type = {}, .header = {}}, {}, where, std::move(why));
  if (listed.size() == 1) return direct_stack(listed[0].below, listed[0].prefix);
  return match_key<stack>(detail::ip_versions,
                          {{"both", detail::stack_over_all(listed, where, detail::dual_interface)},
                           {"ipv4", detail::stack_over_all(listed, where, detail::single_interface)}});
}

}  // namespace mirage::config
