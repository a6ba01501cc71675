// SPDX-License-Identifier: ISC
// What connections may take: descriptors, memory, turns of the loop; and what happens at the caps.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <utility>
#include <vector>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>

#include "socket_tcp_fixture.hpp"

namespace mirage {
namespace {

TEST_F(socket_tcp_test, thousands_of_connections_leave_no_descriptor_and_grow_no_memory) {
  auto listener = listening();
  auto serve = [](socket_flow flow) -> task<> {
    auto got = co_await flow.read();
    if (got) (void)co_await flow.write(*std::move(got));
    co_await flow.close();
  };
  auto accept_all = [&](scope& serving) -> task<> {
    while (true) {
      auto flow = co_await listener.accept();
      if (!flow) break;
      auto spawned = serving.spawn(serve(*std::move(flow)));
      EXPECT_TRUE(spawned);
    }
  };
  auto one = [&]() -> task<> {
    auto flow = co_await tcp.connect(at(listener));
    EXPECT_TRUE(flow);
    if (!flow) co_return;
    (void)co_await flow->write(buffer::copy_of(as_bytes("ping")));
    EXPECT_EQ(co_await read_all(*flow), "ping");
    co_await flow->close();
  };
  auto many = [&](int count) -> task<> {
    for (int i = 0; i < count; ++i) co_await one();
  };
  auto batch = [&](int count) -> task<> {
    scope clients;
    for (int i = 0; i < count; ++i) (void)clients.spawn(one);
    co_await clients.join();
  };
  scope serving;
  (void)serving.spawn(accept_all, std::ref(serving));
  host.run(batch(200));
  const unsigned descriptors = test::open_descriptors();
  const auto buffers = host.buffers.growths();
  const auto frames = host.frames.growths();
  host.run(many(3000), 60s);
  EXPECT_EQ(test::open_descriptors(), descriptors);
  EXPECT_EQ(host.buffers.growths(), buffers);
  EXPECT_EQ(host.frames.growths(), frames);
  EXPECT_EQ(host.counted("tcp_connections_accepted_total"), 3200U);
  EXPECT_EQ(host.counted("tcp_connections_open"), 0U);
  EXPECT_EQ(host.buffers.live(), 0U);
}

TEST_F(socket_tcp_test, beyond_the_cap_connections_are_reset_and_counted) {
  const socket_options few{.max_connections = 2};
  socket_tcp small{"small", few};
  auto work = [&]() -> task<> {
    auto listener = small.listen({ipv4_address::loopback(), 0});
    std::vector<socket_flow> served;
    auto acceptor = [&]() -> task<> {
      while (true) {
        auto flow = co_await listener->accept();
        if (!flow) break;
        served.push_back(*std::move(flow));
      }
    };
    scope accepting;
    (void)accepting.spawn(acceptor);
    std::vector<file_descriptor> clients;
    for (int i = 0; i < 3; ++i) clients.push_back(blocking_connection(listener->local()));
    co_await sleep_for(20ms);
    EXPECT_EQ(served.size(), 2U);
    char byte = 0;
    EXPECT_EQ(::recv(clients[1].get(), &byte, 1, MSG_DONTWAIT), -1);
    EXPECT_EQ(errno, EAGAIN);
    EXPECT_EQ(::recv(clients[2].get(), &byte, 1, MSG_DONTWAIT), -1);
    EXPECT_EQ(errno, ECONNRESET);
    auto more = co_await small.connect(listener->local());
    EXPECT_EQ(more.error(), v1::flow_error::no_memory);
  };
  host.run(work());
  EXPECT_EQ(host.counted("tcp_connections_refused_total", "limit"), 2U);
}

TEST_F(socket_tcp_test, without_descriptors_it_refuses_and_does_not_spin) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  auto work = [&]() -> task<> {
    auto listener = listening();
    std::vector<socket_flow> served;
    auto acceptor = [&]() -> task<> {
      while (true) {
        auto flow = co_await listener.accept();
        if (!flow) break;
        served.push_back(*std::move(flow));
      }
    };
    scope accepting;
    (void)accepting.spawn(acceptor);
    rlimit tight = before;
    tight.rlim_cur = 200;
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    std::vector<file_descriptor> taken;
    while (taken.empty() || taken.back()) taken.emplace_back(::dup(0));
    taken.pop_back();
    taken.pop_back();  // one is left, which the client takes
    const file_descriptor client = blocking_connection(at(listener));
    const auto rounds = host.tasks.counted().rounds;
    co_await sleep_for(50ms);
    char byte = 0;
    EXPECT_EQ(::recv(client.get(), &byte, 1, MSG_DONTWAIT), -1);
    EXPECT_EQ(errno, ECONNRESET);
    EXPECT_LT(host.tasks.counted().rounds - rounds, 20U) << "the loop spins";
    EXPECT_EQ(served.size(), 0U);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    auto next = co_await tcp.connect(at(listener));
    EXPECT_TRUE(next);
    co_await sleep_for(20ms);
    EXPECT_EQ(served.size(), 1U);
  };
  host.run(work());
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(host.counted("tcp_connections_refused_total", "descriptors"), 1U);
}

TEST_F(socket_tcp_test, one_that_accepts_in_a_loop_does_not_hold_up_the_others) {
  const socket_options slow{.accepts_a_round = 2};
  socket_tcp fair{"fair", slow};
  auto work = [&]() -> task<> {
    auto listener = fair.listen({ipv4_address::loopback(), 0});
    std::vector<socket_flow> clients;
    for (int i = 0; i < 10; ++i) {
      auto client = co_await tcp.connect(listener->local());
      clients.push_back(*std::move(client));
    }
    std::vector<socket_flow> served;
    std::vector<std::uint64_t> round;
    while (served.size() < clients.size()) {
      auto flow = co_await listener->accept();
      EXPECT_TRUE(flow);
      served.push_back(*std::move(flow));
      round.push_back(host.tasks.counted().rounds);
    }
    EXPECT_GE(round.back() - round.front(), 4U);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, each_accepted_connection_is_an_event_of_the_loop) {
  const auto events = [&] { return host.tasks.counted().events; };
  auto work = [&]() -> task<> {
    auto listener = listening();
    const auto accept_three = [](socket_listener& from) -> task<> {
      for (int i = 0; i < 3; ++i) {
        auto flow = co_await from.accept();
        EXPECT_TRUE(flow);
      }
    };
    scope waiting;
    (void)waiting.spawn(accept_three, std::ref(listener));
    (void)waiting.spawn(accept_three, std::ref(listener));
    co_await yield();
    const std::uint64_t before = events();
    std::vector<file_descriptor> clients;
    while (clients.size() < 6) clients.push_back(blocking_connection(at(listener)));
    co_await waiting.join();
    EXPECT_EQ(events() - before, 2U) << "two were waited for";
    scope another;
    (void)another.spawn([](socket_listener& from) -> task<> { (void)co_await from.accept(); },
                        std::ref(listener));
    co_await yield();
    clients.push_back(blocking_connection(at(listener)));
    co_await another.join();
    EXPECT_EQ(events() - before, 2U + 5U) << "the others were there already";
  };
  host.run(work());
}

TEST_F(socket_tcp_test, what_a_connection_reads_is_not_gathered) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    const file_descriptor client = blocking_connection(at(listener));
    auto flow = co_await listener.accept();
    EXPECT_TRUE(flow);
    if (!flow) co_return;
    const loop::totals before = host.tasks.counted();
    EXPECT_EQ(::write(client.get(), "x", 1), 1);
    EXPECT_TRUE(co_await flow->read());
    EXPECT_GT(host.tasks.counted().polls, before.polls);
    EXPECT_EQ(host.tasks.counted().events, before.events);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, an_exhausted_pool_is_an_error_that_passes) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    (void)co_await client.write(buffer::from_static(as_bytes("later")));
    host.buffers.set_limit(0);
    auto got = co_await server.read();
    EXPECT_EQ(got.error(), v1::flow_error::no_memory);
    host.buffers.set_limit(1 << 20);
    got = co_await server.read();
    EXPECT_EQ(got->text(), "later");
  };
  host.run(work());
}

TEST_F(socket_tcp_test, a_request_and_its_answer_need_no_frame_and_no_turn) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    (void)co_await client.write(buffer::from_static(as_bytes("warm")));
    (void)co_await server.read();
    const auto frames = host.frames.live();
    const auto resumptions = host.tasks.counted().resumptions;
    for (int i = 0; i < 1000; ++i) {
      auto sent = co_await client.write(buffer::from_static(as_bytes("ping")));
      EXPECT_TRUE(sent);
    }
    EXPECT_EQ(host.tasks.counted().resumptions, resumptions) << "writes into an empty socket do not wait";
    EXPECT_EQ(host.frames.live(), frames);
  };
  host.run(work());
}

}  // namespace
}  // namespace mirage
