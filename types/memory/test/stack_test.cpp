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

}  // namespace
}  // namespace mirage
