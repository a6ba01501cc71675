// SPDX-License-Identifier: ISC
// TCP and UDP from the wire up: network, Ethernet, ARP, IPv4, ICMP, UDP and TCP put together, and IPv6 with
// ICMPv6 beside them where there is one.
#pragma once

#include <concepts>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/arp.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/icmp.hpp"
#include "mirage/icmpv6.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/ipv6.hpp"
#include "mirage/tcp.hpp"
#include "mirage/udp.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// In the place of IPv6 and ICMPv6: packets of IPv6 are dropped.
struct no_ipv6 {};

/// `v1::stack` over one network. The layers, which must outlive it, are those of the packages of these names:
/// a layer is asked for more here than its module type says, such as the header of the packet in hand.
/// Packets are heard from when it is made until it is destroyed.
template <v1::network Network, v1::ethernet Ethernet, v1::arp Arp, v1::ip Ipv4, v1::icmp Icmp, v1::udp Udp,
          v1::tcp Tcp, class Ipv6 = no_ipv6, class Icmpv6 = no_ipv6>
class stack {
  static constexpr bool is_dual = !std::same_as<Ipv6, no_ipv6>;

 public:
  using flow = typename Tcp::flow;
  using listener = typename Tcp::listener;

  stack(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp,
        Udp& udp, Tcp& tcp)
    requires(!is_dual)
      : stack(name, network, ethernet, arp, ipv4, icmp, udp, tcp, nullptr, nullptr) {}
  /// UDP and TCP stand on both.
  stack(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp,
        Udp& udp, Tcp& tcp, Ipv6& ipv6, Icmpv6& icmpv6)
    requires is_dual
      : stack(name, network, ethernet, arp, ipv4, icmp, udp, tcp, &ipv6, &icmpv6) {
    ipv6.attach(sink_);
    ipv6.on_undeliverable([this](const ipv6_undeliverable& what) { undeliverable(what); });
    ipv6.on_unanswered([this](cbytes packet) {
      if (const auto report = report_undelivered(packet)) reported(*report);
    });
  }
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] Tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] Udp& udp() noexcept { return udp_; }
  [[nodiscard]] Ipv4& ipv4() noexcept { return ipv4_; }
  [[nodiscard]] Icmp& icmp() noexcept { return icmp_; }
  [[nodiscard]] Ipv6& ipv6() noexcept
    requires is_dual
  {
    return *ipv6_;
  }
  [[nodiscard]] Icmpv6& icmpv6() noexcept
    requires is_dual
  {
    return *icmpv6_;
  }
  [[nodiscard]] std::vector<ip_address> addresses() const {
    std::vector<ip_address> all(ipv4_.addresses().begin(), ipv4_.addresses().end());
    if constexpr (is_dual) all.insert(all.end(), ipv6_->addresses().begin(), ipv6_->addresses().end());
    return all;
  }

 private:
  stack(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp,
        Udp& udp, Tcp& tcp, Ipv6* ipv6, Icmpv6* icmpv6)
      : name_(name),
        ethernet_(ethernet),
        arp_(arp),
        ipv4_(ipv4),
        icmp_(icmp),
        udp_(udp),
        tcp_(tcp),
        ipv6_(ipv6),
        icmpv6_(icmpv6),
        sink_(*this) {
    ipv4_.attach(sink_);
    ipv4_.on_undeliverable([this](const ipv4_undeliverable& what) { undeliverable(what); });
    listening_ = network.listen(sink_);
  }
  /// Up: each of these is what one layer calls.
  struct sink {
    explicit sink(stack& of) noexcept : s(of) {}

    // The network's.
    void input(buffer&& frame, const v1::received& how) { s.ethernet_.input(std::move(frame), how, *this); }
    void batch_end() {
      s.udp_.batch_end();
      s.tcp_.batch_end();
    }
    void writable() { s.tcp_.writable(); }

    // Ethernet's.
    void arp(buffer&& packet, const v1::received&) { s.arp_.input(std::move(packet)); }
    void ipv4(buffer&& packet, const v1::received& how) { s.ipv4_.input(std::move(packet), how, *this); }
    void ipv6(buffer&& packet, const v1::received& how) {
      if constexpr (is_dual)
        s.ipv6_->input(std::move(packet), how, *this);
      else
        ++s.no_ipv6_;
    }

    // IP's, of both versions.
    template <class Address>
    void tcp(const v1::ip_header<Address>& header, buffer&& segment, const v1::received& how) {
      s.tcp_.input(header, std::move(segment), how);
    }
    void udp(const v1::ip_header<ipv4_address>& header, buffer&& datagram, const v1::received& how) {
      if (s.udp_.input(header, std::move(datagram), how) != udp_outcome::nobody_listens || how.group) return;
      s.icmp_.send_error(icmp_error::port_unreachable, {header, s.ipv4_.header_in_hand(), datagram.view()});
    }
    void udp(const v1::ip_header<ipv6_address>& header, buffer&& datagram, const v1::received& how) {
      if (s.udp_.input(header, std::move(datagram), how) != udp_outcome::nobody_listens || how.group) return;
      s.icmpv6_->send_error(icmpv6_error::port_unreachable(),
                            {header, s.ipv6_->header_in_hand(), datagram.view()});
    }
    void icmp(const v1::ip_header<ipv4_address>& header, buffer&& message, const v1::received&) {
      s.icmp_.input(header, std::move(message), *this);
    }
    void icmp(const v1::ip_header<ipv6_address>& header, buffer&& message, const v1::received&) {
      s.icmpv6_->input(header, std::move(message), *this);
    }

    // ICMP's, of both versions.
    template <class Address>
    void reported(const v1::icmp_report<Address>& report) {
      s.reported(report);
    }

    stack& s;
  };

  // TCP looks for itself whether a report is plausible, and keeps the MTU with its connection.
  template <class Address>
  void reported(const v1::icmp_report<Address>& report) {
    if (report.about.protocol == v1::ip_protocol::tcp) return tcp_.reported(report);
    if (report.about.protocol != v1::ip_protocol::udp || !udp_.believes(report)) return;
    if (report.what != v1::icmp_report<Address>::kind::too_long) return;
    const std::uint16_t datagram = load_be16(report.quoted.data() + 4);
    if constexpr (std::same_as<Address, ipv4_address>)
      ipv4_.packet_too_long(report.about.destination, report.mtu,
                            datagram + std::uint32_t{ipv4_header::size});
    else
      ipv6_->packet_too_long(report.about.destination, report.mtu,
                             datagram + std::uint32_t{ipv6_header::size});
  }

  void undeliverable(const ipv4_undeliverable& what) {
    const auto error = what.why == ipv4_undeliverable::reason::unknown_protocol
                           ? icmp_error::protocol_unreachable
                           : icmp_error::reassembly_time_exceeded;
    icmp_.send_error(error, {what.header, what.header_bytes, what.payload});
  }

  void undeliverable(const ipv6_undeliverable& what) {
    const auto error = what.why == ipv6_undeliverable::reason::problem
                           ? icmpv6_error::problem(what.what, what.pointer, what.even_of_group)
                           : icmpv6_error::reassembly_time_exceeded();
    icmpv6_->send_error(error, {what.header, what.packet, {}});
  }

  std::string_view name_;
  Ethernet& ethernet_;
  Arp& arp_;
  Ipv4& ipv4_;
  Icmp& icmp_;
  Udp& udp_;
  Tcp& tcp_;
  Ipv6* ipv6_;
  Icmpv6* icmpv6_;
  sink sink_;
  subscription listening_;
  counter no_ipv6_{"stack_dropped_total",
                   {{"device", name_}, {"reason", "no_ipv6"}},
                   "Packets of a protocol that is not here"};
};

}  // namespace mirage
