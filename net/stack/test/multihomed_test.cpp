// SPDX-License-Identifier: ISC
// One stack on two networks: which interface a packet leaves by, from which address, and what is taken.
#include "mirage/stack/multihomed.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/suites/stack_suite.hpp"
#include "two_networks.hpp"

namespace mirage {
namespace {

using test::left4;
using test::left6;
using test::left_peer4;
using test::left_peer6;
using test::right4;
using test::right6;
using test::right_peer4;
using test::right_peer6;

/// What comes to a port, and how; it answers each with its own payload.
template <class Udp>
struct echo {
  explicit echo(Udp& over) : udp(over) {
    auto serving = udp.listen({{}, 7}, [this](v1::datagram&& came) noexcept {
      auto sent = udp.write({.destination = came.source, .source = came.destination}, came.payload.size(),
                            test::fill_with(std::string(came.payload.text())));
      EXPECT_EQ(test::outcome(sent), "ok");
      heard.push_back(std::move(came));
    });
    EXPECT_TRUE(serving.has_value());
    listening = *std::move(serving);
  }
  Udp& udp;
  std::vector<v1::datagram> heard;
  subscription listening;
};

template <class Udp>
struct mailbox {
  mailbox(Udp& udp, std::uint16_t port) {
    auto opened =
        udp.listen({{}, port}, [this](v1::datagram&& came) noexcept { heard.push_back(std::move(came)); });
    EXPECT_TRUE(opened.has_value());
    listening = *std::move(opened);
  }
  [[nodiscard]] std::vector<ip_address> sources() const {
    std::vector<ip_address> all;
    for (const v1::datagram& each : heard) all.push_back(each.source.address);
    return all;
  }
  std::vector<v1::datagram> heard;
  subscription listening;
};

/// Two hosts of this kind, with two cables between them.
struct parallel {
  parallel() {
    connect(near.left.network, far.left.network);
    connect(near.right.network, far.right.network);
    node.run(start());
  }
  task<> start() {
    co_await near.left.start();
    co_await near.right.start();
    co_await far.left.start();
    co_await far.right.start();
  }

  test::virtual_node node;
  test::host near{{.name = "left", .mac = "02:00:00:00:00:01", .v4 = ipv4_prefix("10.0.0.1/24")},
                  {.name = "right",
                   .mac = "02:00:00:00:01:01",
                   .v6 = ipv6_prefix("2001:db8:1::1/64"),
                   .number = 2,
                   .mtu = 1300}};
  test::host far{{.name = "left", .mac = "02:00:00:00:00:02", .v4 = ipv4_prefix("10.0.0.2/24")},
                 {.name = "right",
                  .mac = "02:00:00:00:01:02",
                  .v6 = ipv6_prefix("2001:db8:1::2/64"),
                  .number = 2,
                  .mtu = 1300}};
};

struct left_subject : private parallel {
  using stack = test::host::stack_type;
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  stack& device() { return far.device; }
  stack& client() { return near.device; }
  static ip_address address() { return left_peer4; }
  static ip_address client_address() { return left4; }
  static ip_address foreign() { return ipv4_address("10.0.0.77"); }
  static std::optional<ip_address> group() { return ipv4_address("239.1.2.3"); }
};
struct right_subject : private parallel {
  using stack = test::host::stack_type;
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  stack& device() { return far.device; }
  stack& client() { return near.device; }
  static ip_address address() { return right_peer6; }
  static ip_address client_address() { return right6; }
  static ip_address foreign() { return ipv6_address("2001:db8:1::77"); }
  static std::optional<ip_address> group() { return std::nullopt; }  // groups are the first interface's
};
MIRAGE_CONFORMANCE(stack_suite, over_the_first_interface, left_subject);
MIRAGE_CONFORMANCE(udp_suite, over_the_first_interface, test::stack_udp<left_subject>);
MIRAGE_CONFORMANCE(tcp_suite, over_the_first_interface, test::stack_tcp<left_subject>);
MIRAGE_CONFORMANCE(stack_suite, over_the_second_interface, right_subject);
MIRAGE_CONFORMANCE(udp_suite, over_the_second_interface, test::stack_udp<right_subject>);
MIRAGE_CONFORMANCE(tcp_suite, over_the_second_interface, test::stack_tcp<right_subject>);

struct multihomed : testing::Test, test::two_networks {
  using peer_udp = test::peer::udp_type;
  using host_udp = test::host::udp_type;

  auto send(auto& udp, const v1::datagram_route& to) {
    auto sent = udp.write(to, 1, test::filling("x"));
    node.settle();
    return test::outcome(sent);
  }
  template <class From, class To>
  std::string say_hello(From& from, To& to, const endpoint& at) {
    auto listener = to.listen({{}, at.port});
    EXPECT_TRUE(listener.has_value());
    auto talk = [&]() -> task<std::string> {
      auto flow = co_await from.connect(at);
      if (!flow) co_return std::string(describe(flow.error()));
      auto served = co_await listener->accept();
      if (!served) co_return "not accepted";
      auto written = co_await served->write(test::buffer_of(test::pattern(20'000)));
      if (!written) co_return "not written";
      std::string all;
      while (all.size() < 20'000) {
        auto read = co_await flow->read();
        if (!read || read->empty()) co_return "not read";
        all += read->text();
      }
      co_return all == test::pattern(20'000) ? "hello" : "something else";
    };
    return node.run(talk());
  }
};

TEST_F(multihomed, has_the_addresses_of_all_interfaces) {
  const auto all = middle.device.addresses();
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[0], ip_address(left4));
  EXPECT_EQ(all[1], ip_address(left6));
  EXPECT_EQ(all[3], ip_address(right4));
  EXPECT_EQ(all[4], ip_address(right6));
  EXPECT_EQ(middle.ip4.addresses().size(), 2u);
  EXPECT_EQ(middle.ip6.addresses().size(), 4u);
}

TEST_F(multihomed, a_datagram_leaves_where_its_network_is_and_from_the_address_there) {
  mailbox<peer_udp> at_left(left.datagrams, 9);
  mailbox<peer_udp> at_right(right.datagrams, 9);
  for (const ip_address to :
       {ip_address(left_peer4), ip_address(right_peer4), ip_address(left_peer6), ip_address(right_peer6)})
    EXPECT_EQ(send(middle.datagrams, {.destination = {to, 9}}), "ok");
  EXPECT_EQ(at_left.sources(), (std::vector<ip_address>{left4, left6}));
  EXPECT_EQ(at_right.sources(), (std::vector<ip_address>{right4, right6}));
}

TEST_F(multihomed, what_is_far_leaves_by_the_default_route_unless_one_is_nearer) {
  constexpr ipv4_address far = "192.0.2.1";
  EXPECT_EQ(middle.ip4.route(far)->source, left4) << "only the left one has a gateway";
  EXPECT_EQ(middle.ip4.route(far)->mtu, 1500u);
  EXPECT_TRUE(middle.right.ip4.add_route("192.0.2.0/24", right_peer4));
  EXPECT_EQ(middle.ip4.route(far)->source, right4);
  EXPECT_EQ(middle.ip4.route(far)->mtu, 1300u);
  EXPECT_TRUE(middle.left.ip4.add_route("192.0.2.1/32", left_peer4));
  EXPECT_EQ(middle.ip4.route(far)->source, left4);
  EXPECT_EQ(middle.ip4.route("198.51.100.1")->source, left4);
}

TEST_F(multihomed, of_two_default_routes_of_ipv6_that_of_the_better_source_is_taken) {
  constexpr ipv6_prefix unique = "fd00::1/64";
  ASSERT_TRUE(middle.left.ip6.add_route({}, left_peer6));
  ASSERT_TRUE(middle.right.ip6.add_route({}, right_peer6));
  EXPECT_EQ(middle.ip6.route("2001:db8:7::1")->source, left6) << "else the first";
  EXPECT_EQ(middle.ip6.route("2001:db8:1:1::1")->source, right6) << "RFC 6724 section 5, rule 8";
  middle.left.ip6.remove_address(left6);
  ASSERT_TRUE(middle.left.ip6.add_address(unique));
  node.run(middle.left.ip6.settled());
  EXPECT_EQ(middle.ip6.route("2001:db8:7::1")->source, right6) << "rule 6";
  EXPECT_EQ(middle.ip6.route("fd00:1::1")->source, unique.address());
}

TEST_F(multihomed, there_is_no_way_where_no_interface_has_one) {
  EXPECT_EQ(test::outcome(middle.ip6.route("2001:db8:7::1")), "no route to the address");
  EXPECT_EQ(send(middle.datagrams, {.destination = {ipv6_address("2001:db8:7::1"), 9}}),
            "no route to the address");
  EXPECT_EQ(send(middle.datagrams, {.destination = {left_peer4, 9}, .interface = 3}),
            "no route to the address");
}

TEST_F(multihomed, an_answer_goes_back_the_way_of_the_question) {
  constexpr ipv4_address far = "192.0.2.1";
  ASSERT_TRUE(right.on.ip4.add_address("192.0.2.1/32"));
  ASSERT_TRUE(middle.right.ip4.add_route({}, right_peer4));
  ASSERT_EQ(middle.ip4.route(far)->source, left4) << "the first default route is the left one's";
  echo<host_udp> serving(middle.datagrams);
  mailbox<peer_udp> at_right(right.datagrams, 1000);
  EXPECT_EQ(send(right.datagrams, {.destination = {right4, 7}, .source = {far, 1000}}), "ok");
  ASSERT_EQ(serving.heard.size(), 1u);
  EXPECT_EQ(serving.heard[0].interface, 2u);
  EXPECT_EQ(at_right.sources(), (std::vector<ip_address>{right4}));
}

TEST_F(multihomed, connections_come_from_either_side) {
  EXPECT_EQ(say_hello(left.streams, middle.streams, {left4, 80}), "hello");
  EXPECT_EQ(say_hello(right.streams, middle.streams, {right4, 80}), "hello");
  EXPECT_EQ(say_hello(left.streams, middle.streams, {left6, 80}), "hello");
  EXPECT_EQ(say_hello(right.streams, middle.streams, {right6, 80}), "hello");
}

TEST_F(multihomed, connections_go_to_either_side) {
  EXPECT_EQ(say_hello(middle.streams, left.streams, {left_peer4, 80}), "hello");
  EXPECT_EQ(say_hello(middle.streams, right.streams, {right_peer4, 80}), "hello");
  EXPECT_EQ(say_hello(middle.streams, left.streams, {left_peer6, 80}), "hello");
  EXPECT_EQ(say_hello(middle.streams, right.streams, {right_peer6, 80}), "hello");
}

TEST_F(multihomed, connections_over_addresses_of_the_link_stay_on_it) {
  const ipv6_address near = middle.right.ip6.addresses().back();
  ASSERT_TRUE(near.is_link_local());
  EXPECT_EQ(say_hello(right.streams, middle.streams, {near, 80}), "hello");
}

TEST_F(multihomed, a_destination_of_the_link_needs_its_interface) {
  const ipv6_address there = right.on.ip6.addresses().back();
  ASSERT_TRUE(there.is_link_local());
  mailbox<peer_udp> at_right(right.datagrams, 9);
  EXPECT_EQ(send(middle.datagrams, {.destination = {there, 9}, .interface = 2}), "ok");
  EXPECT_EQ(at_right.sources(), (std::vector<ip_address>{middle.right.ip6.addresses().back()}));
  EXPECT_EQ(middle.ip6.route(there)->source, middle.left.ip6.addresses().back())
      << "else it is the first one's";
}

TEST_F(multihomed, our_own_addresses_are_here) {
  for (const ip_address to : {ip_address(left4), ip_address(right4), ip_address(left6), ip_address(right6),
                              ip_address(ipv4_address::loopback())})
    EXPECT_EQ(say_hello(middle.streams, middle.streams, {to, 80}), "hello");
}

TEST_F(multihomed, what_is_for_another_interface_is_not_taken) {
  echo<host_udp> serving(middle.datagrams);
  EXPECT_EQ(send(left.datagrams, {.destination = {right4, 7}}), "ok");
  EXPECT_EQ(send(left.datagrams, {.destination = {right6, 7}}), "ok");
  EXPECT_TRUE(serving.heard.empty());
  EXPECT_EQ(test::outcome(node.run(left.on.control.ping(right4, 8, 1s))), "the next hop does not answer");
  EXPECT_EQ(test::outcome(node.run(left.on.control.ping(left4, 8, 1s))), "ok");
}

TEST_F(multihomed, a_group_is_heard_on_the_interface_that_joined_it) {
  constexpr ipv4_address group = "239.1.2.3";
  constexpr ipv6_address group6 = "ff02::1234";
  mailbox<host_udp> heard(middle.datagrams, 9);
  EXPECT_EQ(test::outcome(middle.datagrams.join(group, 2)), "ok");
  EXPECT_EQ(test::outcome(middle.datagrams.join(group6, 2)), "ok");
  EXPECT_EQ(test::outcome(middle.datagrams.join(group, 3)), "no route to the address");
  for (const ip_address to : {ip_address(group), ip_address(group6)}) {
    EXPECT_EQ(send(left.datagrams, {.destination = {to, 9}}), "ok");
    EXPECT_EQ(send(right.datagrams, {.destination = {to, 9}}), "ok");
  }
  EXPECT_EQ(heard.sources(), (std::vector<ip_address>{right_peer4, right.on.ip6.addresses().back()}));
  EXPECT_EQ(heard.heard[0].interface, 2u);
  middle.datagrams.leave(group, 2);
  EXPECT_EQ(send(right.datagrams, {.destination = {group, 9}}), "ok");
  EXPECT_EQ(heard.heard.size(), 2u);
}

TEST_F(multihomed, a_group_or_a_broadcast_is_sent_by_the_interface_that_is_named) {
  constexpr ipv4_address group = "239.1.2.3";
  mailbox<peer_udp> at_left(left.datagrams, 9);
  mailbox<peer_udp> at_right(right.datagrams, 9);
  ASSERT_TRUE(left.datagrams.join(group, 0));
  ASSERT_TRUE(right.datagrams.join(group, 0));
  for (const ipv4_address to : {group, ipv4_address::broadcast()}) {
    EXPECT_EQ(send(middle.datagrams, {.destination = {to, 9}, .interface = 1}), "ok");
    EXPECT_EQ(send(middle.datagrams, {.destination = {to, 9}, .interface = 2}), "ok");
  }
  EXPECT_EQ(send(middle.datagrams, {.destination = {ipv4_address("10.1.0.255"), 9}}), "ok");
  EXPECT_EQ(at_left.sources(), (std::vector<ip_address>{left4, left4}));
  EXPECT_EQ(at_right.sources(), (std::vector<ip_address>{right4, right4, right4}));
}

TEST_F(multihomed, a_link_that_is_down_takes_no_other_with_it) {
  mailbox<peer_udp> at_right(right.datagrams, 9);
  EXPECT_EQ(send(middle.datagrams, {.destination = {left_peer4, 9}}), "ok")
      << "so that it is known who is there";
  middle.left.network.set_link(false);
  EXPECT_EQ(send(middle.datagrams, {.destination = {left_peer4, 9}}), "the link is down");
  EXPECT_EQ(send(middle.datagrams, {.destination = {right_peer4, 9}}), "ok");
  EXPECT_EQ(at_right.heard.size(), 1u);
  EXPECT_EQ(say_hello(right.streams, middle.streams, {right4, 80}), "hello");
  middle.left.network.set_link(true);
  EXPECT_EQ(say_hello(left.streams, middle.streams, {left4, 80}), "hello");
}

TEST_F(multihomed, a_connection_waits_for_its_own_link_only) {
  auto listener = left.streams.listen({{}, 80});
  ASSERT_TRUE(listener.has_value());
  auto talk = [&]() -> task<std::string> {
    auto flow = co_await middle.streams.connect({left_peer4, 80});
    if (!flow) co_return "not connected";
    auto served = co_await listener->accept();
    if (!served) co_return "not accepted";
    middle.left.network.set_link(false);
    auto written = co_await flow->write(test::buffer_of("late"));
    if (!written) co_return "not written";
    co_await sleep_for(100ms);
    auto meanwhile = middle.datagrams.write({.destination = {right_peer4, 9}}, 1, test::filling("x"));
    middle.left.network.set_link(true);
    auto read = co_await served->read();
    co_return test::outcome(meanwhile) + ", " + test::text_of(read);
  };
  EXPECT_EQ(node.run(talk()), "ok, late");
}

}  // namespace
}  // namespace mirage
