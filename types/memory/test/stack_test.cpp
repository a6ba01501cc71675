// SPDX-License-Identifier: ISC
#include "mirage/memory/stack.hpp"

#include "mirage/test/suites/stack_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

constexpr ip_address server4 = "10.0.0.1";
constexpr ip_address client4 = "10.0.0.2";
constexpr ip_address server6 = "2001:db8::1";
constexpr ip_address client6 = "2001:db8::2";

/// Two machines.
struct stacks : test::virtual_subject {
  using stack = memory::stack;
  stack& device() { return server_; }
  stack& client() { return client_; }
  static ip_address address() { return server4; }
  static ip_address client_address() { return client4; }
  static ip_address foreign() { return "10.0.0.3"; }
  static std::optional<ip_address> group() { return ip_address("239.1.2.3"); }

 private:
  memory::subnet subnet_;
  stack server_{subnet_, {server4, server6}};
  stack client_{subnet_, {client4, client6}};
};

struct stacks6 : stacks {
  static ip_address address() { return server6; }
  static ip_address client_address() { return client6; }
  static ip_address foreign() { return "2001:db8::3"; }
  static std::optional<ip_address> group() { return ip_address("ff15::1"); }
};

/// One that talks to itself.
struct alone : test::virtual_subject {
  using stack = memory::stack;
  stack& device() { return stack_; }
  stack& client() { return stack_; }
  static ip_address address() { return "127.0.0.1"; }
  static ip_address client_address() { return "127.0.0.1"; }
  static ip_address foreign() { return "10.0.0.3"; }
  static std::optional<ip_address> group() { return {}; }

 private:
  memory::subnet subnet_;
  stack stack_{subnet_, {server4}};
};

MIRAGE_CONFORMANCE(stack_suite, memory, stacks);
MIRAGE_CONFORMANCE(stack_suite, memory_v6, stacks6);
MIRAGE_CONFORMANCE(stack_suite, memory_alone, alone);
MIRAGE_CONFORMANCE(tcp_suite, memory, test::stack_tcp<stacks>);
MIRAGE_CONFORMANCE(tcp_suite, memory_v6, test::stack_tcp<stacks6>);
MIRAGE_CONFORMANCE(tcp_suite, memory_alone, test::stack_tcp<alone>);
MIRAGE_CONFORMANCE(udp_suite, memory, test::stack_udp<stacks>);
MIRAGE_CONFORMANCE(udp_suite, memory_v6, test::stack_udp<stacks6>);
MIRAGE_CONFORMANCE(udp_suite, memory_alone, test::stack_udp<alone>);
MIRAGE_CONFORMANCE(flow_suite, memory_tcp, test::tcp_flows<test::stack_tcp<stacks>>);
MIRAGE_CONFORMANCE(listener_suite, memory_tcp, test::tcp_listeners<test::stack_tcp<stacks>>);

task<> accept_until_closed(memory::listener& port, int& closed) {
  auto flow = co_await port.accept();
  EXPECT_EQ(test::error_of(flow), v1::listen_error::closed);
  ++closed;
}

TEST(memory_stack, ends_its_listeners_when_it_is_stopped) {
  test::virtual_node node;
  memory::subnet subnet;
  memory::stack stack(subnet, {server4});
  auto port = stack.tcp().listen({server4, 80});
  ASSERT_TRUE(port.has_value());
  int closed = 0;
  scope accepting;
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(accepting.spawn("acceptor", accept_until_closed(*port, closed)).has_value());
  node.advance(1s);
  EXPECT_EQ(closed, 0);
  node.run(stack.stop());
  node.advance(1s);
  EXPECT_EQ(closed, 3);
}

task<> connect_and_keep(memory::stack& from, std::vector<memory::flow>& flows, int& refused) {
  auto flow = co_await from.tcp().connect({server4, 80});
  if (flow) flows.push_back(*std::move(flow));
  if (!flow && flow.error() == v1::flow_error::refused) ++refused;
}

TEST(memory_stack, refuses_connections_beyond_the_backlog) {
  test::virtual_node node;
  memory::subnet subnet;
  memory::stack stack(subnet, {server4}, "server", {.backlog = 2});
  auto port = stack.tcp().listen({server4, 80});
  ASSERT_TRUE(port.has_value());
  std::vector<memory::flow> flows;
  int refused = 0;
  scope connecting;
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(connecting.spawn("connect", connect_and_keep(stack, flows, refused)).has_value());
  node.advance(1s);
  EXPECT_EQ(flows.size(), 2u);
  EXPECT_EQ(refused, 3);
}

TEST(memory_udp, refuses_beyond_the_cap_of_the_subnet) {
  test::virtual_node node;
  memory::subnet subnet(2);
  memory::stack stack(subnet, {server4});
  const v1::datagram_route to = {.destination = {server4, 9}};
  std::vector<std::string> outcomes;
  for (int i = 0; i < 3; ++i) outcomes.push_back(test::outcome(stack.udp().write(to, 1, test::filling("x"))));
  EXPECT_EQ(outcomes, (std::vector<std::string>{"ok", "ok", "no room to send"}));
  node.settle();
  EXPECT_EQ(test::outcome(stack.udp().write(to, 1, test::filling("x"))), "ok") << "there is room again";
}

}  // namespace
}  // namespace mirage
