// SPDX-License-Identifier: ISC
// In the steady state a packet that is passed on takes no memory and no coroutine frame: every `operator new`
// of this program is counted, and the pools of the node do not grow.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "mirage/arp.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/nat_router.hpp"
#include "mirage/test/allocations.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/udp/wire.hpp"
#include "quiet_network.hpp"

namespace mirage {
namespace {

constexpr mac_address neighbour = "02:00:00:00:00:02";
constexpr ipv4_address client = "192.168.1.10";
constexpr ipv4_prefix inside_prefix = "192.168.1.1/24";
constexpr ipv4_address server = "10.0.0.9";
constexpr ipv4_prefix outside_prefix = "10.0.0.2/24";

/// One side of the router, with a neighbour that is known.
struct side {
  side(test::virtual_node& node, ipv4_prefix address, ipv4_address known)
      : ip("ipv4", link, neighbours, {.address = address}) {
    require(node.run(ip.start()).has_value(), "an interface does not start");
    auto packet = test::buffer_of(test::arp_packet(1, neighbour, known, {}, address.address()));
    neighbours.input(std::move(packet));
  }
  test::quiet_network network;
  ethernet<test::quiet_network> link{"ethernet", network};
  arp<ethernet<test::quiet_network>> neighbours{"arp", link};
  ipv4<ethernet<test::quiet_network>, arp<ethernet<test::quiet_network>>> ip;
  icmp<decltype(ip)> messages{"icmp", ip};
  network_interface<test::quiet_network, decltype(link), decltype(neighbours), decltype(ip),
                    decltype(messages)>
      interface{"interface", network, link, neighbours, ip, messages};
};

/// A datagram of 100 bytes, without a checksum of its own.
buffer datagram(const endpoint& from, const endpoint& to) {
  constexpr std::size_t size = 14 + 20 + 8 + 100;
  buffer frame = buffer::allocate(size);
  const bytes all = frame.writable();
  std::ranges::fill(all, std::byte{0x5a});
  ethernet_header::write(all, test::quiet_network::mac(), neighbour, ethertype::ipv4);
  ipv4_header::write(all.subspan(14), {.source = from.address.v4(),
                                       .destination = to.address.v4(),
                                       .protocol = 17,
                                       .ttl = 64,
                                       .total_length = size - 14});
  udp_header::write(all.subspan(34), from.port, to.port, 108, 0);
  return frame;
}

struct routing {
  test::virtual_node node;
  side inside{node, inside_prefix, client};
  side outside{node, outside_prefix, server};
  using interface_type = decltype(inside.interface);
  nat_router<interface_type, interface_type> router{"router", inside.interface, outside.interface};

  /// There and back.
  void exchange() {
    inside.network.receive(datagram({client, 5000}, {server, 7}));
    const cbytes translated = outside.network.last();
    const endpoint as_seen{ipv4_header::read(&translated[14]).source, load_be16(&translated[34])};
    outside.network.receive(datagram({server, 7}, as_seen));
    node.settle();
  }
};

TEST(steady_state, a_packet_that_is_passed_on_takes_no_memory) {
  routing on;
  for (int i = 0; i < 100; ++i) on.exchange();
  const std::uint64_t forwarded = on.router.forwarded();
  const std::size_t before = test::allocations();
  const std::uint64_t growths = on.node.buffers.growths();
  const std::size_t reserved = on.node.frames.reserved();
  for (int i = 0; i < 10'000; ++i) on.exchange();
  EXPECT_EQ(test::allocations() - before, 0u);
  EXPECT_EQ(on.router.forwarded() - forwarded, 20'000u);
  EXPECT_EQ(on.node.buffers.growths(), growths);
  EXPECT_EQ(on.node.frames.reserved(), reserved);
  const auto last = ipv4_header::of(on.inside.network.last().subspan(14));
  ASSERT_TRUE(last && last->is_checksum_right());
  EXPECT_EQ(last->fields().destination, client);
  EXPECT_EQ(last->fields().ttl, 63);
}

}  // namespace
}  // namespace mirage
