// SPDX-License-Identifier: ISC
// `v1::tcp` and `v1::tcp_flow`: connecting, listening, and the ends of a connection. Its flows and listeners
// run `flow_suite` and `listener_suite`, too; `tcp_flows` and `tcp_listeners` make the subjects for them.
//
// The subject, besides what suite.hpp asks for:
//   using tcp = ...;             the implementation under test
//   tcp& device();               one that listens
//   tcp& client();               one that connects to it; may be the same
//   ip_address address();        where the client reaches it
//   ip_address foreign();        an address that the device does not have
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/flow_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// A subject of `flow_suite` from one of `tcp_suite`.
template <class Subject>
struct tcp_flows : Subject {
  using flow = typename Subject::tcp::flow;
  task<std::pair<flow, flow>> connect() {
    auto port = this->device().listen({this->address(), 0});
    require(port.has_value(), "the subject cannot listen");
    auto there = co_await this->client().connect({this->address(), port->local().port});
    require(there.has_value(), "the subject cannot connect");
    auto here = co_await port->accept();
    require(here.has_value(), "the subject cannot accept");
    co_return std::pair<flow, flow>(*std::move(there), *std::move(here));
  }
};

/// A subject of `listener_suite` from one of `tcp_suite`.
template <class Subject>
struct tcp_listeners : Subject {
  using listener = typename Subject::tcp::listener;
  listener listen() {
    auto port = this->device().listen({this->address(), 0});
    require(port.has_value(), "the subject cannot listen");
    return *std::move(port);
  }
  auto connect(endpoint to) { return this->client().connect(to); }
};

template <class Subject>
class tcp_suite {
  using tcp = typename Subject::tcp;
  using flow = typename tcp::flow;
  using listener = typename tcp::listener;
  static_assert(v1::tcp<tcp>);

 public:
  explicit tcp_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() {
    expect_device(subject.device());
    expect_device(subject.client());
  }

  task<> both_ends_know_each_other() {
    listener port = must_listen({subject.address(), 0});
    const endpoint server = {subject.address(), port.local().port};
    auto there = co_await subject.client().connect(server);
    MIRAGE_CO_ASSERT(there.has_value());
    auto here = co_await port.accept();
    MIRAGE_CO_ASSERT(here.has_value());
    EXPECT_EQ(there->peer(), server);
    EXPECT_EQ(here->local(), server);
    EXPECT_EQ(here->peer(), there->local());
    EXPECT_NE(there->local().port, 0);
    const endpoint local = there->local();
    co_await there->close();
    EXPECT_EQ(there->peer(), server) << "the ends stay when the flow is closed";
    EXPECT_EQ(there->local(), local);
    co_await here->close();
  }

  task<> options_leave_the_bytes_alone() {
    auto [near, far] = co_await connected();
    near.no_delay(false);
    near.keep_alive(1h);
    auto one = co_await near.write(buffer_of("one "));
    near.no_delay(true);
    near.keep_alive(0ns);
    auto two = co_await near.write(buffer_of("two"));
    EXPECT_EQ(outcome(one) + outcome(two), "okok");
    const std::string got = co_await read_bytes(far, 7);
    EXPECT_EQ(got, "one two");
    co_await near.close();
    co_await far.close();
  }

  task<> the_unspecified_address_listens_on_all() {
    listener port = must_listen({{}, 0});
    MIRAGE_CO_ASSERT(port.local().port != 0);
    auto there = co_await subject.client().connect({subject.address(), port.local().port});
    EXPECT_EQ(outcome(there), "ok");
    auto here = co_await port.accept();
    MIRAGE_CO_ASSERT(here.has_value());
    EXPECT_EQ(here->local().address, subject.address());
  }

  task<> a_port_that_nobody_listens_on_refuses() {
    std::uint16_t free = 0;
    {
      listener port = must_listen({subject.address(), 0});
      free = port.local().port;
    }
    auto there = co_await subject.client().connect({subject.address(), free});
    EXPECT_EQ(error_of(there), v1::flow_error::refused);
  }

  void a_port_can_be_listened_on_once() {
    listener port = must_listen({subject.address(), 0});
    auto again = subject.device().listen(port.local());
    EXPECT_EQ(error_of(again), v1::listen_error::in_use);
  }

  void a_port_is_free_when_its_listener_is_gone() {
    endpoint at;
    {
      listener port = must_listen({subject.address(), 0});
      at = port.local();
    }
    auto again = subject.device().listen(at);
    EXPECT_EQ(outcome(again), "ok");
  }

  void only_own_addresses_can_be_listened_on() {
    auto port = subject.device().listen({subject.foreign(), 0});
    EXPECT_EQ(error_of(port), v1::listen_error::no_address);
  }

  void two_free_ports_differ() {
    listener one = must_listen({subject.address(), 0});
    listener other = must_listen({subject.address(), 0});
    EXPECT_NE(one.local().port, other.local().port);
  }

  task<> a_cancelled_connect_leaves_no_connection() {
    listener port = must_listen({subject.address(), 0});
    const endpoint to = {subject.address(), port.local().port};
    {
      scope connecting;
      MIRAGE_CO_ASSERT(connecting.spawn("connect", connect_and_hold(to)).has_value());
      co_await yield();
      connecting.cancel();
    }
    auto came = co_await with_timeout(a_while, accept_and_read(port));
    // It came so far that the peer saw it: then it was aborted.
    if (came) {
      EXPECT_EQ(*came, "[the connection was reset]");
    }
    auto next = co_await subject.client().connect(to);
    EXPECT_EQ(outcome(next), "ok") << "the next one connects";
  }

  task<> many_connections_at_once() {
    constexpr int count = 50;
    listener port = must_listen({subject.address(), 0});
    scope all;
    int ended = 0;
    MIRAGE_CO_ASSERT(all.spawn("server", echo(port, count)).has_value());
    for (int i = 0; i < count; ++i) {
      auto spawned = all.spawn("client", ask({subject.address(), port.local().port}, i, ended));
      MIRAGE_CO_ASSERT(spawned.has_value());
    }
    co_await all.join();
    EXPECT_EQ(ended, count);
  }

  static std::vector<suite_test<tcp_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(tcp_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(tcp_suite, both_ends_know_each_other),
        MIRAGE_SUITE_TEST(tcp_suite, options_leave_the_bytes_alone),
        MIRAGE_SUITE_TEST(tcp_suite, the_unspecified_address_listens_on_all),
        MIRAGE_SUITE_TEST(tcp_suite, a_port_that_nobody_listens_on_refuses),
        MIRAGE_SUITE_TEST(tcp_suite, a_port_can_be_listened_on_once),
        MIRAGE_SUITE_TEST(tcp_suite, a_port_is_free_when_its_listener_is_gone),
        MIRAGE_SUITE_TEST(tcp_suite, only_own_addresses_can_be_listened_on),
        MIRAGE_SUITE_TEST(tcp_suite, two_free_ports_differ),
        MIRAGE_SUITE_TEST(tcp_suite, a_cancelled_connect_leaves_no_connection),
        MIRAGE_SUITE_TEST(tcp_suite, many_connections_at_once),
    };
  }

 private:
  listener must_listen(endpoint at) {
    auto port = subject.device().listen(at);
    require(port.has_value(), "the subject cannot listen");
    return *std::move(port);
  }
  task<std::pair<flow, flow>> connected() {
    listener port = must_listen({subject.address(), 0});
    auto there = co_await subject.client().connect({subject.address(), port.local().port});
    require(there.has_value(), "the subject cannot connect");
    auto here = co_await port.accept();
    require(here.has_value(), "the subject cannot accept");
    co_return std::pair<flow, flow>(*std::move(there), *std::move(here));
  }
  task<> connect_and_hold(endpoint to) {
    auto flow = co_await subject.client().connect(to);
    co_await sleep_for(24h);
  }
  static task<std::string> accept_and_read(listener& port) {
    auto flow = co_await port.accept();
    if (!flow) co_return outcome(flow);
    auto text = co_await read_to_end(*flow);
    co_return text;
  }
  static task<> echo_one(flow from) {
    auto text = co_await read_to_end(from);
    auto written = co_await from.write(buffer_of(text));
    EXPECT_EQ(outcome(written), "ok");
    co_await from.close();
  }
  static task<> echo(listener& port, int count) {
    scope serving;
    for (int i = 0; i < count; ++i) {
      auto flow = co_await port.accept();
      MIRAGE_CO_ASSERT(flow.has_value());
      auto spawned = serving.spawn("echo", echo_one(*std::move(flow)));
      MIRAGE_CO_ASSERT(spawned.has_value());
    }
    co_await serving.join();
  }
  task<> ask(endpoint server, int number, int& ended) {
    const std::string question = pattern(1000, static_cast<unsigned>(number));
    // A full backlog refuses for a moment.
    auto flow = co_await subject.client().connect(server);
    for (int tries = 0; !flow && tries < 100; ++tries) {
      co_await sleep_for(a_while / 100);
      flow = co_await subject.client().connect(server);
    }
    MIRAGE_CO_ASSERT(flow.has_value());
    auto written = co_await flow->write(buffer_of(question));
    EXPECT_EQ(outcome(written), "ok");
    co_await flow->shutdown();
    const std::string answer = co_await read_to_end(*flow);
    EXPECT_TRUE(answer == question);
    co_await flow->close();
    ++ended;
  }
};

}  // namespace mirage::test
