// SPDX-License-Identifier: ISC
// `v1::stack`: that its parts belong together. Its TCP and UDP run `tcp_suite` and `udp_suite`, too;
// `stack_tcp` and `stack_udp` make the subjects for them.
//
// The subject, besides what suite.hpp asks for:
//   using stack = ...;           the implementation under test
//   stack& device();             one that serves
//   stack& client();             one that reaches it; may be the same
//   ip_address address();        of the device; the client reaches it there
//   ip_address client_address(); of the client
//   ip_address foreign();        an address that neither has
//   std::optional<ip_address> group();  a multicast group; nothing where there is no multicast
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/test/suites/flow_suite.hpp"
#include "mirage/test/suites/listener_suite.hpp"
#include "mirage/test/suites/suite.hpp"
#include "mirage/test/suites/tcp_suite.hpp"
#include "mirage/test/suites/udp_suite.hpp"

namespace mirage::test {

/// A subject of `tcp_suite` from one of `stack_suite`.
template <class Subject>
struct stack_tcp : private Subject {
  using tcp = std::remove_cvref_t<decltype(std::declval<Subject&>().device().tcp())>;
  using Subject::a_while;
  using Subject::address;
  using Subject::foreign;
  using Subject::run;
  tcp& device() { return Subject::device().tcp(); }
  tcp& client() { return Subject::client().tcp(); }
};

/// A subject of `udp_suite` from one of `stack_suite`.
template <class Subject>
struct stack_udp : private Subject {
  using udp = std::remove_cvref_t<decltype(std::declval<Subject&>().device().udp())>;
  using Subject::a_while;
  using Subject::address;
  using Subject::client_address;
  using Subject::foreign;
  using Subject::group;
  using Subject::run;
  udp& device() { return Subject::device().udp(); }
  udp& client() { return Subject::client().udp(); }
};

template <class Subject>
class stack_suite {
  using stack = typename Subject::stack;
  static_assert(v1::stack<stack>);

 public:
  explicit stack_suite(Subject& made) : subject(made) {}
  Subject& subject;

  void it_is_a_device() {
    expect_device(subject.device());
    expect_device(subject.device().tcp());
    expect_device(subject.device().udp());
  }

  void its_parts_stay_the_same() {
    EXPECT_EQ(&subject.device().tcp(), &subject.device().tcp());
    EXPECT_EQ(&subject.device().udp(), &subject.device().udp());
  }

  void its_addresses_are_real_and_without_loopback() {
    const std::vector<ip_address> all = subject.device().addresses();
    for (const ip_address& each : all) {
      EXPECT_FALSE(each.is_unspecified());
      EXPECT_FALSE(each.is_loopback());
      EXPECT_FALSE(each.is_multicast());
    }
    if (!subject.address().is_loopback()) {
      EXPECT_NE(std::ranges::find(all, subject.address()), all.end());
    }
  }

  task<> a_port_number_is_free_in_udp_when_tcp_has_it() {
    auto tcp = subject.device().tcp().listen({subject.address(), 0});
    MIRAGE_CO_ASSERT(tcp.has_value());
    auto udp =
        subject.device().udp().listen({subject.address(), tcp->local().port}, [](v1::datagram&&) noexcept {});
    EXPECT_EQ(outcome(udp), "ok");
    auto flow = co_await subject.client().tcp().connect({subject.address(), tcp->local().port});
    EXPECT_EQ(outcome(flow), "ok");
  }

  static std::vector<suite_test<stack_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(stack_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(stack_suite, its_parts_stay_the_same),
        MIRAGE_SUITE_TEST(stack_suite, its_addresses_are_real_and_without_loopback),
        MIRAGE_SUITE_TEST(stack_suite, a_port_number_is_free_in_udp_when_tcp_has_it),
    };
  }
};

}  // namespace mirage::test
