// SPDX-License-Identifier: ISC
// The stack with both versions of IP: TCP, UDP and ICMP over IPv6.
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/stack.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/suites/stack_suite.hpp"
#include "mirage/test/virtual_node.hpp"
#include "two_networks.hpp"

namespace mirage {
namespace {

constexpr ipv6_address here = "2001:db8::1";
constexpr ipv6_address there = "2001:db8::2";

using host = test::peer;
static_assert(v1::stack<host::stack_type>);

struct hosts {
  hosts() {
    connect(near.on.network, far.on.network);
    node.run(near.on.start());
    node.run(far.on.start());
  }
  test::virtual_node node;
  host near{{.name = "near",
             .mac = "02:00:00:00:00:01",
             .v4 = ipv4_prefix("10.0.0.1/24"),
             .v6 = ipv6_prefix("2001:db8::1/64")}};
  host far{{.name = "far",
            .mac = "02:00:00:00:00:02",
            .v4 = ipv4_prefix("10.0.0.2/24"),
            .v6 = ipv6_prefix("2001:db8::2/64")}};
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
  EXPECT_EQ(test::outcome(on.node.run(on.near.on.control.ping("10.0.0.2", 56, 1s))), "ok");
  EXPECT_EQ(test::outcome(on.node.run(on.near.on.control6.ping(there, 56, 1s))), "ok");
}

TEST(dual_stack, that_nobody_is_there_is_known_after_three_seconds) {
  hosts on;
  auto work = [&]() -> task<> {
    for (const ip_address nobody : {ip_address("10.0.0.77"), ip_address("2001:db8::77")}) {
      const instant begun = os::now();
      auto flow = co_await on.near.streams.connect({nobody, 80});
      EXPECT_EQ(test::error_of(flow), v1::flow_error::unreachable);
      EXPECT_LE(os::now() - begun, 3100ms);
    }
    co_await sleep_for(1min);
    const instant begun = os::now();
    auto pinged = co_await on.near.on.control.ping("10.0.0.77", 3000, 1min);
    EXPECT_EQ(test::error_of(pinged), v1::net_error::unreachable);
    auto pinged6 = co_await on.near.on.control6.ping("2001:db8::77", 3000, 1min);
    EXPECT_EQ(test::error_of(pinged6), v1::net_error::unreachable);
    EXPECT_LE(os::now() - begun, 6200ms);
  };
  on.node.run(work());
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
