// SPDX-License-Identifier: ISC
// The one place where "up" is spelled: what each layer of an interface calls, and what of it the layer above
// hears.
#pragma once

#include <concepts>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/icmp.hpp"
#include "mirage/icmpv6.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/ipv6.hpp"
#include "mirage/stack/network_interface.hpp"
#include "mirage/udp.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Hears from the network of `Interface`, a `network_interface`, while it lives. All three must outlive it.
template <class Interface, v1::udp Udp, v1::tcp Tcp>
class interface_sink {
 public:
  /// `name` labels its counters.
  interface_sink(std::string_view name, Interface& of, Udp& udp, Tcp& tcp)
      : interface_(of),
        udp_(udp),
        tcp_(tcp),
        no_ipv6_("stack_dropped_total", {{"device", name}, {"reason", "no_ipv6"}},
                 "Packets of a protocol that is not here") {
    of.ipv4().attach(*this);
    of.ipv4().on_undeliverable([this](const ipv4_undeliverable& what) { undeliverable(what); });
    of.arp().on_unanswered([this](cbytes packet) { interface_.icmp().undelivered(packet, *this); });
    if constexpr (Interface::is_dual) {
      of.ipv6().attach(*this);
      of.ipv6().on_undeliverable([this](const ipv6_undeliverable& what) { undeliverable(what); });
      of.ipv6().on_unanswered([this](cbytes packet) { interface_.icmpv6().undelivered(packet, *this); });
    }
    listening_ = of.network().listen(*this);
  }
  interface_sink(const interface_sink&) = delete;
  interface_sink& operator=(const interface_sink&) = delete;

  void add_addresses_to(std::vector<ip_address>& all) const {
    const Interface& from = interface_;
    all.insert(all.end(), from.ipv4().addresses().begin(), from.ipv4().addresses().end());
    if constexpr (Interface::is_dual)
      all.insert(all.end(), from.ipv6().addresses().begin(), from.ipv6().addresses().end());
  }

  // ---- The network's ----

  void input(buffer&& frame, const v1::received& how) {
    interface_.ethernet().input(std::move(frame), how, *this);
  }
  void batch_end() {
    udp_.batch_end();
    tcp_.batch_end();
  }
  void writable() { tcp_.writable(); }
  void link_restored() {
    interface_.arp().announce();
    if constexpr (Interface::is_dual) interface_.ipv6().announce();
  }

  // ---- Ethernet's ----

  void arp(buffer&& packet, const v1::received&) { interface_.arp().input(std::move(packet)); }
  void ipv4(buffer&& packet, const v1::received& how) {
    interface_.ipv4().input(std::move(packet), how, *this);
  }
  void ipv6(buffer&& packet, const v1::received& how) {
    if constexpr (Interface::is_dual)
      interface_.ipv6().input(std::move(packet), how, *this);
    else
      ++no_ipv6_;
  }

  // ---- IP's, of both versions ----

  template <class Address>
  void tcp(const v1::ip_header<Address>& header, buffer&& segment, const v1::received& how) {
    tcp_.input(header, std::move(segment), how);
  }
  void udp(const v1::ip_header<ipv4_address>& header, buffer&& datagram, const v1::received& how) {
    if (udp_.input(header, datagram, how) != udp_outcome::nobody_listens || how.group) return;
    interface_.icmp().send_error(icmp_error::port_unreachable,
                                 {header, interface_.ipv4().header_in_hand(), datagram.view()});
  }
  void udp(const v1::ip_header<ipv6_address>& header, buffer&& datagram, const v1::received& how) {
    if (udp_.input(header, datagram, how) != udp_outcome::nobody_listens || how.group) return;
    interface_.icmpv6().send_error(icmpv6_error::port_unreachable(),
                                   {header, interface_.ipv6().header_in_hand(), datagram.view()});
  }
  void icmp(const v1::ip_header<ipv4_address>& header, buffer&& message, const v1::received&) {
    interface_.icmp().input(header, std::move(message), *this);
  }
  void icmp(const v1::ip_header<ipv6_address>& header, buffer&& message, const v1::received&) {
    interface_.icmpv6().input(header, std::move(message), *this);
  }

  // ---- ICMP's, of both versions ----

  // TCP looks for itself whether a report is plausible, and keeps the MTU with its connection.
  template <class Address>
  void reported(const v1::icmp_report<Address>& report) {
    if (report.about.protocol == v1::ip_protocol::tcp) return tcp_.reported(report);
    if (report.about.protocol != v1::ip_protocol::udp || !udp_.believes(report)) return;
    if (report.what != v1::icmp_report<Address>::kind::too_long) return;
    const std::uint16_t datagram = load_be16(report.quoted.data() + 4);
    if constexpr (std::same_as<Address, ipv4_address>)
      interface_.ipv4().packet_too_long(report.about.destination, report.mtu,
                                        datagram + std::uint32_t{ipv4_header::size});
    else
      interface_.ipv6().packet_too_long(report.about.destination, report.mtu,
                                        datagram + std::uint32_t{ipv6_header::size});
  }

 private:
  void undeliverable(const ipv4_undeliverable& what) {
    const auto error = what.why == ipv4_undeliverable::reason::unknown_protocol
                           ? icmp_error::protocol_unreachable
                           : icmp_error::reassembly_time_exceeded;
    interface_.icmp().send_error(error, {what.header, what.header_bytes, what.payload});
  }
  void undeliverable(const ipv6_undeliverable& what) {
    const auto error = what.why == ipv6_undeliverable::reason::problem
                           ? icmpv6_error::problem(what.what, what.pointer, what.even_of_group)
                           : icmpv6_error::reassembly_time_exceeded();
    interface_.icmpv6().send_error(error, {what.header, what.packet, {}});
  }

  Interface& interface_;
  Udp& udp_;
  Tcp& tcp_;
  subscription listening_;
  counter no_ipv6_;
};

}  // namespace mirage
