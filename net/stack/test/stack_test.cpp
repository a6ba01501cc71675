// SPDX-License-Identifier: ISC
#include "mirage/stack.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mirage/memory/network.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/suites/stack_suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using host = test::direct_host<memory::network>;

constexpr ipv4_address here = "10.0.0.1";
constexpr ipv4_address there = "10.0.0.2";
constexpr ipv4_prefix near_address = "10.0.0.1/24";
constexpr ipv4_prefix far_address = "10.0.0.2/24";

struct hosts {
  hosts() {
    connect(near_network, far_network);
    node.run(start());
  }
  task<> start() {
    for (host* each : {&near, &far}) {
      auto started = co_await each->ipv4_layer.start();
      EXPECT_TRUE(started.has_value());
    }
  }
  test::virtual_node node;
  memory::network near_network{"02:00:00:00:00:01"};
  memory::network far_network{"02:00:00:00:00:02"};
  host near{near_network, {.address = near_address}};
  host far{far_network, {.address = far_address}};
};

struct subject : private hosts {
  using stack = host::stack_type;
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  stack& device() { return far.device; }
  stack& client() { return near.device; }
  static ip_address address() { return there; }
  static ip_address client_address() { return here; }
  static ip_address foreign() { return ipv4_address("10.0.0.77"); }
  static std::optional<ip_address> group() { return ipv4_address("239.1.2.3"); }
};
MIRAGE_CONFORMANCE(stack_suite, direct, subject);
MIRAGE_CONFORMANCE(udp_suite, direct, test::stack_udp<subject>);
MIRAGE_CONFORMANCE(tcp_suite, direct, test::stack_tcp<subject>);

TEST(stack, pings_are_answered) {
  hosts on;
  EXPECT_EQ(test::outcome(on.node.run(on.near.icmp_layer.ping(there, 56, 1s))), "ok");
}

/// What all counters say, as a person would read it.
std::string counters_of(test::virtual_node& node) {
  std::string text;
  {
    text_stream out([&text](std::string_view part) noexcept { text += part; });
    node.counters.write_prometheus(out);
  }
  return text;
}

TEST(stack, a_port_where_nobody_listens_is_reported) {
  hosts on;
  EXPECT_TRUE(on.near.udp_layer.write({.destination = {there, 9}}, 1, test::filling("x")));
  on.node.settle();
  EXPECT_NE(counters_of(on.node).find("icmp_reports_total{device=\"icmp\"} 1"), std::string::npos);
  EXPECT_TRUE(
      on.near.udp_layer.write({.destination = {ipv4_address::broadcast(), 9}}, 1, test::filling("x")));
  on.node.settle();
  EXPECT_NE(counters_of(on.node).find("icmp_reports_total{device=\"icmp\"} 1"), std::string::npos)
      << "but not to who has asked all";
}

TEST(stack, a_protocol_that_nobody_speaks_is_reported) {
  hosts on;
  const v1::ip_header<ipv4_address> header{.destination = there,
                                           .protocol = static_cast<v1::ip_protocol>(132)};
  EXPECT_TRUE(on.near.ipv4_layer.write(header, {.header = 8}, test::fill_with("12345678"), {}));
  on.node.settle();
  EXPECT_NE(counters_of(on.node).find("icmp_reports_total{device=\"icmp\"} 1"), std::string::npos);
}

/// The report of a router that a datagram from `source` was too long for its next link.
buffer too_long(std::uint16_t source, std::uint16_t mtu) {
  buffer packet = buffer::allocate(20 + 8 + 20 + 8);
  const bytes all = packet.writable();
  ipv4_header::write(all,
                     {.source = there, .destination = here, .protocol = 1, .ttl = 64, .total_length = 56});
  icmp_header::write(all.subspan(20), icmp_type::unreachable, 4, 0, 0, mtu);
  ipv4_header::write(all.subspan(28),
                     {.source = here, .destination = there, .protocol = 17, .total_length = 1500});
  udp_header::write(all.subspan(48), source, 9, 1480, 0);
  icmp_header::finish(all.subspan(20));
  return packet;
}

TEST(stack, a_narrow_path_is_believed_only_of_a_port_that_is_ours) {
  hosts on;
  auto listening = on.near.udp_layer.listen({{}, 1000}, [](v1::datagram&&) noexcept {});
  const auto inject = [&](std::uint16_t port) {
    const buffer report = too_long(port, 1400);
    const cbytes packet = report.view();
    auto fill = [packet](bytes to) noexcept {
      std::ranges::copy(packet, to.begin());
      return packet.size();
    };
    EXPECT_TRUE(on.far.ethernet_layer.write(on.near_network.mac(), ethertype::ipv4, {.header = packet.size()},
                                            fill, {}));
    on.node.settle();
    return on.near.ipv4_layer.route(there)->mtu;
  };
  EXPECT_EQ(inject(1001), 1500u);
  EXPECT_EQ(inject(1000), 1400u);
}

TEST(stack, flows_to_ourselves) {
  hosts on;
  auto listener = on.near.tcp_layer.listen({{}, 80});
  ASSERT_TRUE(listener.has_value());
  auto connect = [&]() -> task<std::string> {
    auto flow = co_await on.near.tcp_layer.connect({here, 80});
    if (!flow) co_return std::string(describe(flow.error()));
    auto served = co_await listener->accept();
    if (!served) co_return "not accepted";
    auto written = co_await served->write(test::buffer_of("hello"));
    if (!written) co_return "not written";
    auto read = co_await flow->read();
    co_return test::text_of(read);
  };
  EXPECT_EQ(on.node.run(connect()), "hello");
}

}  // namespace
}  // namespace mirage
