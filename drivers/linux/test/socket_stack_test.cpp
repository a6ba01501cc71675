// SPDX-License-Identifier: ISC
#include <mirage/linux/socket_stack.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include <mirage/test/suites/stack_suite.hpp>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

// The loopback interface is the wire: two stacks on it, as two processes would be.
struct loopback_subject {
  using stack = socket_stack;
  static constexpr duration a_while = 100ms;

  void run(task<> work) { host.run(std::move(work), 30s); }
  socket_stack& device() { return server; }
  socket_stack& client() { return other; }

  test_host host;
  socket_stack server{"stack_0"};
  socket_stack other{"stack_1"};
};

struct ipv4_subject : loopback_subject {
  static ip_address address() { return ip_address("127.0.0.1"); }
  static ip_address client_address() { return ip_address("127.0.0.1"); }
  static ip_address foreign() { return ip_address("192.0.2.7"); }
  static std::optional<ip_address> group() { return std::nullopt; }
};

struct ipv6_subject : loopback_subject {
  static ip_address address() { return ip_address("::1"); }
  static ip_address client_address() { return ip_address("::1"); }
  static ip_address foreign() { return ip_address("2001:db8::7"); }
  static std::optional<ip_address> group() { return std::nullopt; }
};

}  // namespace

namespace test {
namespace {
MIRAGE_CONFORMANCE(stack_suite, sockets4, ipv4_subject);
MIRAGE_CONFORMANCE(tcp_suite, sockets4, stack_tcp<ipv4_subject>);
MIRAGE_CONFORMANCE(udp_suite, sockets4, stack_udp<ipv4_subject>);
MIRAGE_CONFORMANCE(flow_suite, sockets4, tcp_flows<stack_tcp<ipv4_subject>>);
MIRAGE_CONFORMANCE(listener_suite, sockets4, tcp_listeners<stack_tcp<ipv4_subject>>);
MIRAGE_CONFORMANCE(stack_suite, sockets6, ipv6_subject);
MIRAGE_CONFORMANCE(tcp_suite, sockets6, stack_tcp<ipv6_subject>);
MIRAGE_CONFORMANCE(udp_suite, sockets6, stack_udp<ipv6_subject>);
MIRAGE_CONFORMANCE(flow_suite, sockets6, tcp_flows<stack_tcp<ipv6_subject>>);
MIRAGE_CONFORMANCE(listener_suite, sockets6, tcp_listeners<stack_tcp<ipv6_subject>>);
}  // namespace
}  // namespace test

namespace {

TEST(socket_stack, addresses_are_those_that_it_serves) {
  test_host host;
  socket_stack all{"all"};
  const auto addresses = all.addresses();
  for (const ip_address& each : addresses) EXPECT_FALSE(each.is_loopback());
  socket_stack four{"four", {.ipv4_only = true}};
  for (const ip_address& each : four.addresses()) {
    EXPECT_TRUE(each.is_v4());
    EXPECT_NE(std::ranges::find(addresses, each), addresses.end());
  }
  socket_stack bound{"bound", {.ipv4 = ipv4_prefix{"192.0.2.1/24"}, .ipv4_only = true}};
  EXPECT_TRUE(bound.addresses().empty()) << "this machine does not have it";
}

TEST(socket_stack, stopping_sends_what_is_left_and_ends_the_listening) {
  test_host host;
  socket_stack stack{"stack_0"};
  auto work = [&]() -> task<> {
    auto listener = stack.tcp().listen({ipv4_address::loopback(), 0});
    EXPECT_TRUE(listener);
    auto fill = [](bytes) noexcept { return std::size_t{1}; };
    EXPECT_TRUE(stack.udp().write({.destination = {ipv4_address::loopback(), 9}}, 1, fill));
    co_await stack.stop();
    EXPECT_EQ(host.counted("udp_sent_datagrams_total"), 1U);
    auto flow = co_await listener->accept();
    EXPECT_EQ(flow.error(), v1::listen_error::closed);
  };
  host.run(work());
}

}  // namespace
}  // namespace mirage
