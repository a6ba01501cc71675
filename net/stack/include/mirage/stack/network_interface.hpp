// SPDX-License-Identifier: ISC
// The layers of one interface: what a stack has once for each network that it stands on.
#pragma once

#include <concepts>
#include <string_view>

#include "mirage/v1.hpp"

namespace mirage {

/// In the place of IPv6 and ICMPv6: packets of IPv6 are dropped.
struct no_ipv6 {};

/// The layers must outlive it. They are those of the packages of these names: a layer is asked for more by a
/// stack than its module type says, such as the header of the packet in hand.
template <v1::network Network, v1::ethernet Ethernet, v1::arp Arp, v1::ip Ipv4, v1::icmp Icmp,
          class Ipv6 = no_ipv6, class Icmpv6 = no_ipv6>
class network_interface {
 public:
  static constexpr bool is_dual = !std::same_as<Ipv6, no_ipv6>;
  using ipv4_type = Ipv4;
  using ipv6_type = Ipv6;

  network_interface(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4,
                    Icmp& icmp)
    requires(!is_dual)
      : network_interface(name, network, ethernet, arp, ipv4, icmp, nullptr, nullptr) {}
  network_interface(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4,
                    Icmp& icmp, Ipv6& ipv6, Icmpv6& icmpv6)
    requires is_dual
      : network_interface(name, network, ethernet, arp, ipv4, icmp, &ipv6, &icmpv6) {}
  network_interface(const network_interface&) = delete;
  network_interface& operator=(const network_interface&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] Network& network() noexcept { return network_; }
  [[nodiscard]] Ethernet& ethernet() noexcept { return ethernet_; }
  [[nodiscard]] Arp& arp() noexcept { return arp_; }
  [[nodiscard]] Ipv4& ipv4() noexcept { return ipv4_; }
  [[nodiscard]] const Ipv4& ipv4() const noexcept { return ipv4_; }
  [[nodiscard]] Icmp& icmp() noexcept { return icmp_; }
  [[nodiscard]] Ipv6& ipv6() noexcept
    requires is_dual
  {
    return *ipv6_;
  }
  [[nodiscard]] const Ipv6& ipv6() const noexcept
    requires is_dual
  {
    return *ipv6_;
  }
  [[nodiscard]] Icmpv6& icmpv6() noexcept
    requires is_dual
  {
    return *icmpv6_;
  }

 private:
  network_interface(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4,
                    Icmp& icmp, Ipv6* ipv6, Icmpv6* icmpv6)
      : name_(name),
        network_(network),
        ethernet_(ethernet),
        arp_(arp),
        ipv4_(ipv4),
        icmp_(icmp),
        ipv6_(ipv6),
        icmpv6_(icmpv6) {}

  std::string_view name_;
  Network& network_;
  Ethernet& ethernet_;
  Arp& arp_;
  Ipv4& ipv4_;
  Icmp& icmp_;
  Ipv6* ipv6_;
  Icmpv6* icmpv6_;
};

}  // namespace mirage
