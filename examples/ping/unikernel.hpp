// SPDX-License-Identifier: ISC
#pragma once

#include <optional>
#include <utility>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source ping_log{"ping"};

/// The way up: what each layer calls with what it has unwrapped.
template <mirage::v1::ethernet Ethernet, mirage::v1::arp Arp, mirage::v1::ip Ipv4, mirage::v1::icmp Icmp,
          mirage::v1::ip Ipv6, mirage::v1::icmp Icmpv6>
struct way_up {
  using received = mirage::v1::received;
  using header4 = mirage::v1::ip_header<mirage::ipv4_address>;
  using header6 = mirage::v1::ip_header<mirage::ipv6_address>;

  Ethernet& to_ethernet;
  Arp& to_arp;
  Ipv4& to_ipv4;
  Icmp& to_icmp;
  Ipv6& to_ipv6;
  Icmpv6& to_icmpv6;

  // The network's.
  void input(mirage::buffer&& frame, const received& how) { to_ethernet.input(std::move(frame), how, *this); }
  void batch_end() {}
  void writable() {}

  // Ethernet's.
  void arp(mirage::buffer&& packet, const received&) { to_arp.input(std::move(packet)); }
  void ipv4(mirage::buffer&& packet, const received& how) { to_ipv4.input(std::move(packet), how, *this); }
  void ipv6(mirage::buffer&& packet, const received& how) { to_ipv6.input(std::move(packet), how, *this); }

  // IP's, of both versions.
  void icmp(const header4& from, mirage::buffer&& message, const received&) {
    to_icmp.input(from, std::move(message), *this);
  }
  void icmp(const header6& from, mirage::buffer&& message, const received&) {
    to_icmpv6.input(from, std::move(message), *this);
  }
  void tcp(const auto&, mirage::buffer&&, const received&) {}
  void udp(const auto&, mirage::buffer&&, const received&) {}

  // ICMP's, of both versions.
  void reported(const auto& report) {
    ping_log.warning("a packet to {} did not arrive", report.about.destination);
  }
};

template <mirage::v1::ip Ip, mirage::v1::icmp Icmp>
mirage::task<> ping_peer(Ip& ip, Icmp& icmp, typename Ip::address peer, unsigned count, unsigned size) {
  using namespace mirage::literals;
  // An IPv6 address is asked for, whether anybody has it, before it is used (RFC 4862 §5.4).
  for (unsigned tries = 0; tries < 50 && !ip.route(peer); ++tries) co_await mirage::sleep_for(100ms);
  unsigned answers = 0;
  for (unsigned number = 1; number <= count; ++number) {
    if (number > 1) co_await mirage::sleep_for(1s);
    auto took = co_await icmp.ping(peer, size, 1s);
    if (took) {
      ++answers;
      ping_log.info("answer {} from {} after {} us", number, peer, took->count() / 1000);
    } else {
      ping_log.info("no answer {}: {}", number, describe(took.error()));
    }
  }
  ping_log.info("{} of {} were answered", answers, count);
}

template <mirage::v1::network Network, mirage::v1::ethernet Ethernet, mirage::v1::arp Arp,
          mirage::v1::ip Ipv4, mirage::v1::icmp Icmp, mirage::v1::ip Ipv6, mirage::v1::icmp Icmpv6>
mirage::task<> ping(Network& network, Ethernet& ethernet, Arp& arp, Ipv4& ipv4, Icmp& icmp, Ipv6& ipv6,
                    Icmpv6& icmpv6, std::optional<mirage::ip_address> peer, unsigned count, unsigned size) {
  way_up<Ethernet, Arp, Ipv4, Icmp, Ipv6, Icmpv6> layers{ethernet, arp, ipv4, icmp, ipv6, icmpv6};
  auto listening = network.listen(layers);
  if (peer && peer->is_v4()) {
    co_await ping_peer(ipv4, icmp, peer->v4(), count, size);
  } else if (peer) {
    co_await ping_peer(ipv6, icmpv6, peer->v6(), count, size);
  } else {
    ping_log.info("answering pings to {}", ipv4.addresses().front());
    co_await mirage::os::shutdown();
  }
}
