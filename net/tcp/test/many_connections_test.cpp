// SPDX-License-Identifier: ISC
// Ten thousand connections at once through one listener, and thousands one after another: all are served, and
// all memory comes back.
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/tcp_suite.hpp"
#include "two_machines.hpp"

namespace mirage {
namespace {

using machines = test::two_machines<ipv6_address>;

task<> serve_one(tcp_flow flow) {
  auto part = co_await flow.read();
  if (!part) co_return;
  auto written = co_await flow.write(*std::move(part));
  EXPECT_EQ(test::outcome(written), "ok");
  co_await flow.close();
}

task<> serve(tcp_listener& port) {
  scope serving;
  while (true) {
    auto flow = co_await port.accept();
    if (!flow) break;
    auto spawned = serving.spawn("serve", serve_one(*std::move(flow)));
    EXPECT_TRUE(spawned.has_value());
  }
  co_await serving.join();
}

task<> ask(machines& both, endpoint server, unsigned& answered) {
  auto flow = co_await both.client().connect(server);
  if (!flow) {
    ADD_FAILURE() << describe(flow.error());
    co_return;
  }
  auto written = co_await flow->write(test::buffer_of("question"));
  EXPECT_EQ(test::outcome(written), "ok");
  const std::string got = co_await test::read_to_end(*flow);
  EXPECT_EQ(got, "question");
  co_await flow->close();
  ++answered;
}

task<> ask_often(machines& both, endpoint server, unsigned times, unsigned& answered) {
  for (unsigned i = 0; i < times; ++i) co_await ask(both, server, answered);
}

void expect_all_gone(machines& both) {
  both.node.advance(90s);
  for (const auto* each : {&both.device().engine(), &both.client().engine()}) {
    EXPECT_EQ(each->connections(), 0u);
    EXPECT_EQ(each->shared().chunks.live(), 0u);
    EXPECT_EQ(each->shared().segments.live(), 0u);
    EXPECT_EQ(each->shared().ranges.live(), 0u);
  }
}

TEST(many_connections, ten_thousand_at_once) {
  machines both({.half_open = 16'384, .backlog = 16'384}, 1500, 4096);
  auto port = both.device().listen({machines::address(), 80});
  ASSERT_TRUE(port.has_value());
  unsigned answered = 0;
  scope work;
  ASSERT_TRUE(work.spawn("server", serve(*port)).has_value());
  {
    scope clients;
    for (unsigned i = 0; i < 10'000; ++i)
      ASSERT_TRUE(clients.spawn("client", ask(both, {machines::address(), 80}, answered)).has_value());
    EXPECT_TRUE(both.node.run_until([&] { return clients.size() == 0; }, 300s));
  }
  EXPECT_EQ(answered, 10'000u);
  work.cancel();
  expect_all_gone(both);
}

TEST(many_connections, thousands_at_once_beyond_the_half_open_limit_get_cookies) {
  machines both({.half_open = 64}, 1500, 4096);
  auto port = both.device().listen({machines::address(), 80});
  ASSERT_TRUE(port.has_value());
  unsigned answered = 0;
  scope work;
  ASSERT_TRUE(work.spawn("server", serve(*port)).has_value());
  scope clients;
  for (unsigned i = 0; i < 2'000; ++i)
    ASSERT_TRUE(clients.spawn("client", ask(both, {machines::address(), 80}, answered)).has_value());
  EXPECT_TRUE(both.node.run_until([&] { return clients.size() == 0; }, 300s));
  EXPECT_EQ(answered, 2'000u);
  EXPECT_GT(both.device().engine().statistics_of().cookies_accepted.value(), 0u);
  work.cancel();
  expect_all_gone(both);
}

TEST(many_connections, one_after_another) {
  machines both({.time_wait = 64});
  auto port = both.device().listen({machines::address(), 80});
  ASSERT_TRUE(port.has_value());
  unsigned answered = 0;
  scope work;
  ASSERT_TRUE(work.spawn("server", serve(*port)).has_value());
  both.node.run(ask_often(both, {machines::address(), 80}, 5'000, answered));
  EXPECT_EQ(answered, 5'000u);
  work.cancel();
  expect_all_gone(both);
}

}  // namespace
}  // namespace mirage
