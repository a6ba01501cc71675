// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto peer = argument<std::optional<ip_address>>("peer", "Who is pinged; without it, pings are answered");
  auto count = argument<unsigned>("count", "How often the peer is pinged", 4);
  auto size = argument<unsigned>("size", "Bytes that a ping carries", 56);
  auto link = ethernet_on(default_network);
  auto neighbours = arp_on(link);
  auto ipv4 = ipv4_on(link, neighbours);
  auto ipv6 = ipv6_on(link);
  auto ping =
      unikernel<network, ethernet, arp, ip, icmp, ip, icmp>("ping", "unikernel.hpp", peer, count, size);
  return configure(argc, argv, "ping",
                   ping(default_network, link, neighbours, ipv4, icmp_on(ipv4), ipv6, icmpv6_on(ipv6)));
}
