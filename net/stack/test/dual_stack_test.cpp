// SPDX-License-Identifier: ISC
// The stack with both versions of IP: TCP, UDP and ICMP over IPv6.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mirage/core/scope.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/stack.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/suites/stack_suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr ipv6_address here = "2001:db8::1";
constexpr ipv6_address there = "2001:db8::2";

struct host {
  using link_type = ethernet<memory::network>;
  using arp_type = arp<link_type>;
  using ipv4_type = ipv4<link_type, arp_type>;
  using ipv6_type = ipv6<link_type>;
  using icmp_type = icmp<ipv4_type>;
  using icmpv6_type = icmpv6<ipv6_type>;
  using udp_type = udp<ipv4_type, ipv6_type>;
  using tcp_type = tcp<ipv4_type, ipv6_type>;
  using stack_type = stack<memory::network, link_type, arp_type, ipv4_type, icmp_type, udp_type, tcp_type,
                           ipv6_type, icmpv6_type>;
  static_assert(v1::stack<stack_type>);

  host(mac_address mac, ipv4_prefix v4, ipv6_prefix v6)
      : network(mac), ip4("ipv4", link, resolution, {.address = v4}), ip6("ipv6", link, {.address = v6}) {}
  task<> start() {
    auto started = co_await ip4.start();
    EXPECT_TRUE(started.has_value());
    auto started6 = co_await ip6.start();
    EXPECT_TRUE(started6.has_value());
    co_await ip6.settled();
  }

  memory::network network;
  link_type link{"ethernet", network};
  arp_type resolution{"arp", link};
  ipv4_type ip4;
  ipv6_type ip6;
  icmp_type control{"icmp", ip4};
  icmpv6_type control6{"icmpv6", ip6};
  udp_type datagrams{"udp", ip4, ip6};
  tcp_type streams{ip4, ip6, "tcp"};
  stack_type device{"stack", network, link, resolution, ip4, control, datagrams, streams, ip6, control6};
};

struct hosts {
  hosts() {
    connect(near.network, far.network);
    node.run(near.start());
    node.run(far.start());
  }
  test::virtual_node node;
  host near{"02:00:00:00:00:01", "10.0.0.1/24", "2001:db8::1/64"};
  host far{"02:00:00:00:00:02", "10.0.0.2/24", "2001:db8::2/64"};
};

struct subject : private hosts {
  using stack = host::stack_type;
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  stack& device() { return far.device; }
  stack& client() { return near.device; }
  static ip_address address() { return there; }
  static ip_address client_address() { return here; }
  static ip_address foreign() { return ipv6_address("2001:db8::77"); }
  static std::optional<ip_address> group() { return ipv6_address("ff02::1234"); }
};
MIRAGE_CONFORMANCE(stack_suite, over_ipv6, subject);
MIRAGE_CONFORMANCE(udp_suite, over_ipv6, test::stack_udp<subject>);
MIRAGE_CONFORMANCE(tcp_suite, over_ipv6, test::stack_tcp<subject>);

TEST(dual_stack, has_the_addresses_of_both) {
  hosts on;
  const auto all = on.near.device.addresses();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0], ip_address("10.0.0.1"));
  EXPECT_EQ(all[1], ip_address(here));
  EXPECT_TRUE(all[2].is_link_local());
}

TEST(dual_stack, pings_of_both_are_answered) {
  hosts on;
  EXPECT_EQ(test::outcome(on.node.run(on.near.control.ping("10.0.0.2", 56, 1s))), "ok");
  EXPECT_EQ(test::outcome(on.node.run(on.near.control6.ping(there, 56, 1s))), "ok");
}

TEST(dual_stack, one_listener_hears_both) {
  hosts on;
  std::vector<ip_address> heard;
  auto listening = on.far.datagrams.listen(
      {{}, 7}, [&heard](v1::datagram&& came) noexcept { heard.push_back(came.source.address); });
  ASSERT_TRUE(listening.has_value());
  for (const ip_address to : {ip_address("10.0.0.2"), ip_address(there)})
    EXPECT_TRUE(on.near.datagrams.write({.destination = {to, 7}}, 1, test::filling("x")));
  on.node.settle();
  EXPECT_EQ(heard, (std::vector<ip_address>{"10.0.0.1", here}));
}

TEST(dual_stack, a_port_of_ipv6_where_nobody_listens_is_reported) {
  hosts on;
  EXPECT_TRUE(on.near.datagrams.write({.destination = {there, 9}}, 1, test::filling("x")));
  on.node.settle();
  std::string text;
  {
    text_stream out([&text](std::string_view part) noexcept { text += part; });
    on.node.counters.write_prometheus(out);
  }
  EXPECT_NE(text.find("icmpv6_reports_total{device=\"icmpv6\"} 1"), std::string::npos);
}

}  // namespace
}  // namespace mirage
