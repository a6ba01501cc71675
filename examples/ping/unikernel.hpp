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
template <mirage::v1::ethernet Ethernet, mirage::v1::arp Arp, mirage::v1::ip Ip, mirage::v1::icmp Icmp>
struct way_up {
  using header = mirage::v1::ip_header<mirage::ipv4_address>;

  Ethernet& to_ethernet;
  Arp& to_arp;
  Ip& to_ip;
  Icmp& to_icmp;

  void input(mirage::buffer&& frame, const mirage::v1::received& how) {
    to_ethernet.input(std::move(frame), how, *this);
  }
  void batch_end() {}
  void writable() {}

  void arp(mirage::buffer&& packet, const mirage::v1::received&) { to_arp.input(std::move(packet)); }
  void ipv4(mirage::buffer&& packet, const mirage::v1::received& how) {
    to_ip.input(std::move(packet), how, *this);
  }
  void ipv6(mirage::buffer&&, const mirage::v1::received&) {}

  void icmp(const header& from, mirage::buffer&& message, const mirage::v1::received&) {
    to_icmp.input(from, std::move(message), *this);
  }
  void tcp(const header&, mirage::buffer&&, const mirage::v1::received&) {}
  void udp(const header&, mirage::buffer&&, const mirage::v1::received&) {}

  void reported(const mirage::v1::icmp_report<mirage::ipv4_address>& report) {
    ping_log.warning("a packet to {} did not arrive", report.about.destination);
  }
};

template <mirage::v1::icmp Icmp>
mirage::task<> ping_peer(Icmp& icmp, mirage::ipv4_address peer, unsigned count, unsigned size) {
  using namespace mirage::literals;
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

template <mirage::v1::network Network, mirage::v1::ethernet Ethernet, mirage::v1::arp Arp, mirage::v1::ip Ip,
          mirage::v1::icmp Icmp>
mirage::task<> ping(Network& network, Ethernet& ethernet, Arp& arp, Ip& ip, Icmp& icmp,
                    std::optional<mirage::ipv4_address> peer, unsigned count, unsigned size) {
  way_up<Ethernet, Arp, Ip, Icmp> layers{ethernet, arp, ip, icmp};
  auto listening = network.listen(layers);
  if (peer) {
    co_await ping_peer(icmp, *peer, count, size);
  } else {
    for (const auto& address : ip.addresses()) ping_log.info("answering pings to {}", address);
    co_await mirage::os::shutdown();
  }
}
