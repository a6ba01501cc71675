// SPDX-License-Identifier: ISC
// A host without an address and a server that gives it one, with a wire between them.
#include "mirage/dhcp_stack.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "mirage/dhcp.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using host = test::direct_host<memory::network>;
using subject_type = dhcp_stack<host::stack_type, memory::network, host::arp_type>;
static_assert(v1::stack<subject_type> && v1::device<subject_type>);

constexpr ipv4_prefix server_address = "10.0.0.1/24";
constexpr ipv4_prefix first_lease = "10.0.0.100/24";

struct dhcp_stacks : testing::Test {
  dhcp_stacks() {
    connect(near_network, far_network);
    EXPECT_TRUE(node.run(near.ipv4_layer.start()).has_value());
    EXPECT_TRUE(node.run(far.ipv4_layer.start()).has_value());
  }
  ~dhcp_stacks() override {
    node.run(stop());
    node.run(server.stop());
  }
  task<> stop() {
    if (subject) co_await subject->stop();
    co_await far.tcp_layer.stop();
    co_await near.tcp_layer.stop();
  }
  void serve() { EXPECT_TRUE(node.run(server.start()).has_value()); }
  void start(const dhcp_stack_options& options = {}) {
    subject.emplace("dhcp", far.device, far_network, far.arp_layer, options);
    EXPECT_TRUE(node.run(subject->start()).has_value());
  }
  [[nodiscard]] std::vector<ip_address> addresses() const { return subject->addresses(); }

  test::virtual_node node;
  memory::network near_network{"02:00:00:00:00:01"};
  memory::network far_network{"02:00:00:00:00:02"};
  host near{near_network, {.address = server_address}};
  host far{far_network, {}};
  dhcp_server<host::udp_type> server{"server",
                                     near.udp_layer,
                                     {.address = "10.0.0.1",
                                      .networks = {{.network = ipv4_prefix("10.0.0.0/24"),
                                                    .first = "10.0.0.100",
                                                    .last = "10.0.0.101",
                                                    .routers = {ipv4_address("10.0.0.1")},
                                                    .name_servers = {ipv4_address("10.0.0.53")}}},
                                      .lease = 10min}};
  std::optional<subject_type> subject;
};

TEST_F(dhcp_stacks, start_with_the_address_and_the_routes_of_the_server) {
  serve();
  start();
  ASSERT_EQ(addresses(), std::vector<ip_address>{ip_address(first_lease.address())});
  const auto route = subject->ipv4().route("192.0.2.1");
  ASSERT_TRUE(route.has_value());
  EXPECT_EQ(route->source, first_lease.address());
}

TEST_F(dhcp_stacks, hand_on_what_else_the_server_told) {
  serve();
  start();
  ASSERT_NE(subject->configuration(), nullptr);
  ASSERT_EQ(subject->configuration()->name_servers.size(), 1U);
  EXPECT_EQ(subject->configuration()->name_servers[0], ipv4_address("10.0.0.53"));
}

TEST_F(dhcp_stacks, keep_the_address_as_long_as_the_server_renews_it) {
  serve();
  start();
  node.advance(1h);
  EXPECT_EQ(addresses().size(), 1U);
}

TEST_F(dhcp_stacks, lose_address_and_routes_when_the_lease_ends) {
  serve();
  start();
  node.run(server.stop());
  node.advance(11min);
  EXPECT_TRUE(addresses().empty());
  EXPECT_EQ(subject->configuration(), nullptr);
  EXPECT_FALSE(subject->ipv4().route("192.0.2.1").has_value());
  serve();
  node.advance(5min);
  EXPECT_EQ(addresses().size(), 1U) << "it has gone on asking";
}

TEST_F(dhcp_stacks, go_on_without_a_server_and_take_its_address_when_it_comes) {
  const instant before = node.time();
  start({.patience = 5s});
  EXPECT_GE(node.time() - before, 5s);
  EXPECT_LT(node.time() - before, 5s + 10ms);
  EXPECT_TRUE(addresses().empty());
  serve();
  node.advance(5min);
  EXPECT_EQ(addresses().size(), 1U);
}

TEST_F(dhcp_stacks, decline_an_address_that_somebody_else_has) {
  EXPECT_TRUE(near.ipv4_layer.add_address("10.0.0.100/24"));
  serve();
  start({.patience = 1min, .probe = true});
  EXPECT_EQ(addresses(), std::vector<ip_address>{ip_address(ipv4_address("10.0.0.101"))});
}

TEST_F(dhcp_stacks, leave_nothing_behind_when_they_stop_while_they_ask) {
  serve();
  subject.emplace("dhcp", far.device, far_network, far.arp_layer, dhcp_stack_options{.probe = true});
  scope starting;
  ASSERT_TRUE(starting.spawn("start", [this]() -> task<> {
    const auto started = co_await subject->start();
    (void)started;
  }));
  node.advance(1s);
  starting.cancel();
  node.run(subject->stop());
  subject.reset();
  node.advance(1min);
  EXPECT_TRUE(far.ipv4_layer.addresses().empty());
}

}  // namespace
}  // namespace mirage
