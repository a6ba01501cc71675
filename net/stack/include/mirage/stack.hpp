// SPDX-License-Identifier: ISC
// TCP and UDP from the wire up: network, Ethernet, ARP, IPv4, ICMP, UDP and TCP put together.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "mirage/arp.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/icmp.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/tcp.hpp"
#include "mirage/udp.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::stack` over one network. The layers, which must outlive it, are those of the packages of these names:
/// a layer is asked for more here than its module type says, such as the header of the packet in hand.
/// Packets are heard from when it is made until it is destroyed.
template <v1::network Network, v1::ethernet Ethernet, v1::arp Arp, v1::ip Ipv4, v1::icmp Icmp, v1::udp Udp,
          v1::tcp Tcp>
class stack {
 public:
  using flow = typename Tcp::flow;
  using listener = typename Tcp::listener;

  stack(std::string_view name, Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp,
        Udp& udp, Tcp& tcp)
      : name_(name),
        ethernet_(ethernet),
        arp_(arp),
        ipv4_(ipv4),
        icmp_(icmp),
        udp_(udp),
        tcp_(tcp),
        sink_(*this) {
    ipv4_.attach(sink_);
    ipv4_.on_undeliverable([this](const ipv4_undeliverable& what) { undeliverable(what); });
    listening_ = network.listen(sink_);
  }
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] Tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] Udp& udp() noexcept { return udp_; }
  [[nodiscard]] Ipv4& ipv4() noexcept { return ipv4_; }
  [[nodiscard]] Icmp& icmp() noexcept { return icmp_; }
  [[nodiscard]] std::vector<ip_address> addresses() const {
    return {ipv4_.addresses().begin(), ipv4_.addresses().end()};
  }

 private:
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
    void ipv6(buffer&&, const v1::received&) { ++s.ipv6_; }

    // IP's.
    void tcp(const v1::ip_header<ipv4_address>& header, buffer&& segment, const v1::received& how) {
      s.tcp_.input(header, std::move(segment), how);
    }
    void udp(const v1::ip_header<ipv4_address>& header, buffer&& datagram, const v1::received& how) {
      if (s.udp_.input(header, std::move(datagram), how) != udp_outcome::nobody_listens || how.group) return;
      s.icmp_.send_error(icmp_error::port_unreachable, {header, s.ipv4_.header_in_hand(), datagram.view()});
    }
    void icmp(const v1::ip_header<ipv4_address>& header, buffer&& message, const v1::received&) {
      s.icmp_.input(header, std::move(message), *this);
    }

    // ICMP's.
    void reported(const v1::icmp_report<ipv4_address>& report) { s.reported(report); }

    stack& s;
  };

  // TCP looks for itself whether a report is plausible, and keeps the MTU with its connection.
  void reported(const v1::icmp_report<ipv4_address>& report) {
    if (report.about.protocol == v1::ip_protocol::tcp) return tcp_.reported(report);
    if (report.about.protocol != v1::ip_protocol::udp || !udp_.believes(report)) return;
    if (report.what != v1::icmp_report<ipv4_address>::kind::too_long) return;
    const std::uint16_t datagram = load_be16(report.quoted.data() + 4);
    ipv4_.packet_too_long(report.about.destination, report.mtu, datagram + std::uint32_t{ipv4_header::size});
  }

  void undeliverable(const ipv4_undeliverable& what) {
    const auto error = what.why == ipv4_undeliverable::reason::unknown_protocol
                           ? icmp_error::protocol_unreachable
                           : icmp_error::reassembly_time_exceeded;
    icmp_.send_error(error, {what.header, what.header_bytes, what.payload});
  }

  std::string_view name_;
  Ethernet& ethernet_;
  Arp& arp_;
  Ipv4& ipv4_;
  Icmp& icmp_;
  Udp& udp_;
  Tcp& tcp_;
  sink sink_;
  subscription listening_;
  counter ipv6_{"stack_dropped_total",
                {{"device", name_}, {"reason", "no_ipv6"}},
                "Packets of a protocol that is not here"};
};

}  // namespace mirage
