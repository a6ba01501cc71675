// SPDX-License-Identifier: ISC
// `v1::listener`: handing out connections, the backlog, and cancelled accepts.
//
// The subject, besides what suite.hpp asks for:
//   using listener = ...;                              the implementation under test
//   listener listen();                                 a new one, somewhere free
//   task<result<P, flow_error>> connect(endpoint to);  from outside; P is a flow of any type
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/flow_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class listener_suite {
  using listener = typename Subject::listener;
  using flow = typename listener::flow;
  static_assert(v1::listener<listener>);

 public:
  explicit listener_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  task<> it_says_where_it_listens() {
    listener port = subject.listen();
    EXPECT_NE(port.local().port, 0) << "the true port is known";
    listener moved(std::move(port));
    EXPECT_NE(moved.local().port, 0);
    co_return;
  }

  task<> a_connection_is_given_to_who_waits_for_it() {
    listener port = subject.listen();
    auto [got, sent] = co_await when_all(accept_and_read(port), connect_and_write(port.local(), "hello"));
    EXPECT_EQ(got, "hello");
    EXPECT_EQ(sent, "ok");
  }

  task<> a_connection_waits_for_who_accepts_it() {
    listener port = subject.listen();
    auto sent = co_await connect_and_write(port.local(), "early");
    EXPECT_EQ(sent, "ok");
    co_await sleep_for(a_while / 10);
    auto got = co_await accept_and_read(port);
    EXPECT_EQ(got, "early");
  }

  task<> connections_come_one_by_one() {
    listener port = subject.listen();
    std::string all;
    for (const char* name : {"a", "b", "c", "d", "e"}) {
      auto sent = co_await connect_and_write(port.local(), name);
      EXPECT_EQ(sent, "ok");
    }
    for (int i = 0; i < 5; ++i) all += co_await accept_and_read(port);
    EXPECT_EQ(all.size(), 5u);
    for (const char* name : {"a", "b", "c", "d", "e"})
      EXPECT_NE(all.find(name), std::string::npos) << name << " was lost; there are " << all;
  }

  task<> of_several_who_accept_each_gets_one() {
    listener port = subject.listen();
    auto [first, second, a, b] =
        co_await when_all(accept_and_read(port), accept_and_read(port),
                          connect_and_write(port.local(), "one"), connect_and_write(port.local(), "two"));
    EXPECT_TRUE((first == "one" && second == "two") || (first == "two" && second == "one"))
        << first << " and " << second;
  }

  task<> a_cancelled_accept_leaves_the_connection_to_the_next() {
    listener port = subject.listen();
    auto none = co_await with_timeout(a_while / 10, accept_and_read(port));
    EXPECT_FALSE(none.has_value());
    for (int rounds = 0; rounds < 4; ++rounds) {
      scope waiting;
      bool taken = false;
      MIRAGE_CO_ASSERT(waiting.spawn("acceptor", accept_and_tell(port, taken)).has_value());
      co_await sleep_for(a_while / 10);
      auto peer = co_await subject.connect(port.local());
      EXPECT_EQ(outcome(peer), "ok");
      for (int i = 0; i < rounds; ++i) co_await yield();
      waiting.cancel();
      if (taken) continue;
      auto left = co_await with_timeout(a_while, accept_one(port));
      EXPECT_TRUE(left.has_value() && *left) << "lost when cancelled after " << rounds << " rounds";
    }
  }

  task<> flows_live_on_without_the_listener() {
    std::optional<listener> port(subject.listen());
    auto peer = co_await subject.connect(port->local());
    MIRAGE_CO_ASSERT(peer.has_value());
    auto flow = co_await port->accept();
    MIRAGE_CO_ASSERT(flow.has_value());
    port.reset();
    auto written = co_await flow->write(buffer_of("still here"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string got = co_await read_bytes(*peer, 10);
    EXPECT_EQ(got, "still here");
    co_await flow->close();
    co_await peer->close();
  }

  task<> nobody_listens_when_it_is_gone() {
    std::optional<listener> port(subject.listen());
    const endpoint at = port->local();
    port.reset();
    auto peer = co_await subject.connect(at);
    EXPECT_EQ(error_of(peer), v1::flow_error::refused);
  }

  task<> what_waits_in_the_backlog_is_aborted_with_it() {
    std::optional<listener> port(subject.listen());
    auto peer = co_await subject.connect(port->local());
    MIRAGE_CO_ASSERT(peer.has_value());
    co_await sleep_for(a_while / 10);
    port.reset();
    auto read = co_await peer->read();
    EXPECT_EQ(error_of(read), v1::flow_error::reset);
  }

  task<> many_connections_one_after_another() {
    listener port = subject.listen();
    for (int i = 0; i < 100; ++i) {
      auto [got, sent] = co_await when_all(accept_and_read(port), connect_and_write(port.local(), "again"));
      MIRAGE_CO_ASSERT(got == "again" && sent == "ok");
    }
  }

  static std::vector<suite_test<listener_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(listener_suite, it_says_where_it_listens),
        MIRAGE_SUITE_TEST(listener_suite, a_connection_is_given_to_who_waits_for_it),
        MIRAGE_SUITE_TEST(listener_suite, a_connection_waits_for_who_accepts_it),
        MIRAGE_SUITE_TEST(listener_suite, connections_come_one_by_one),
        MIRAGE_SUITE_TEST(listener_suite, of_several_who_accept_each_gets_one),
        MIRAGE_SUITE_TEST(listener_suite, a_cancelled_accept_leaves_the_connection_to_the_next),
        MIRAGE_SUITE_TEST(listener_suite, flows_live_on_without_the_listener),
        MIRAGE_SUITE_TEST(listener_suite, nobody_listens_when_it_is_gone),
        MIRAGE_SUITE_TEST(listener_suite, what_waits_in_the_backlog_is_aborted_with_it),
        MIRAGE_SUITE_TEST(listener_suite, many_connections_one_after_another),
    };
  }

 private:
  static task<std::string> accept_and_read(listener& port) {
    auto flow = co_await port.accept();
    if (!flow) co_return outcome(flow);
    auto text = co_await read_to_end(*flow);
    co_await flow->close();
    co_return text;
  }
  static task<bool> accept_one(listener& port) {
    auto flow = co_await port.accept();
    if (flow) co_await flow->close();
    co_return flow.has_value();
  }
  static task<> accept_and_tell(listener& port, bool& taken) { taken = co_await accept_one(port); }
  task<std::string> connect_and_write(endpoint to, std::string_view text) {
    auto flow = co_await subject.connect(to);
    if (!flow) co_return outcome(flow);
    auto written = co_await flow->write(buffer_of(text));
    co_await flow->close();
    co_return outcome(written);
  }
};

}  // namespace mirage::test
