// SPDX-License-Identifier: ISC
// TCP and UDP from the wire up: network, Ethernet, ARP, IPv4, ICMP, UDP and TCP put together, and IPv6 with
// ICMPv6 beside them where there is one.
#pragma once

#include <string_view>
#include <vector>

#include "mirage/arp.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/icmp.hpp"
#include "mirage/icmpv6.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/ipv6.hpp"
#include "mirage/stack/interface_sink.hpp"
#include "mirage/stack/network_interface.hpp"
#include "mirage/tcp.hpp"
#include "mirage/udp.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::stack` over one network; `multihomed_stack` is over several. The layers, which must outlive it, are
/// those of the packages of these names. Packets are heard from when it is made until it is destroyed.
template <v1::network Network, v1::ethernet Ethernet, v1::arp Arp, v1::ip Ipv4, v1::icmp Icmp, v1::udp Udp,
          v1::tcp Tcp, class Ipv6 = no_ipv6, class Icmpv6 = no_ipv6>
class stack {
  using interface_type = network_interface<Network, Ethernet, Arp, Ipv4, Icmp, Ipv6, Icmpv6>;
  static constexpr bool is_dual = interface_type::is_dual;

 public:
  using flow = typename Tcp::flow;
  using listener = typename Tcp::listener;

  stack(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp,
        Udp& udp, Tcp& tcp)
    requires(!is_dual)
      : interface_(name, network, ethernet, arp, ipv4, icmp), udp_(udp), tcp_(tcp) {}
  /// UDP and TCP stand on both.
  stack(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp,
        Udp& udp, Tcp& tcp, Ipv6& ipv6, Icmpv6& icmpv6)
    requires is_dual
      : interface_(name, network, ethernet, arp, ipv4, icmp, ipv6, icmpv6), udp_(udp), tcp_(tcp) {}
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return interface_.name(); }
  [[nodiscard]] Tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] Udp& udp() noexcept { return udp_; }
  [[nodiscard]] Ipv4& ipv4() noexcept { return interface_.ipv4(); }
  [[nodiscard]] Icmp& icmp() noexcept { return interface_.icmp(); }
  [[nodiscard]] Ipv6& ipv6() noexcept
    requires is_dual
  {
    return interface_.ipv6();
  }
  [[nodiscard]] Icmpv6& icmpv6() noexcept
    requires is_dual
  {
    return interface_.icmpv6();
  }
  [[nodiscard]] std::vector<ip_address> addresses() const {
    std::vector<ip_address> all;
    sink_.add_addresses_to(all);
    return all;
  }

 private:
  interface_type interface_;
  Udp& udp_;
  Tcp& tcp_;
  interface_sink<interface_type, Udp, Tcp> sink_{interface_.name(), interface_, udp_, tcp_};
};

}  // namespace mirage
