// SPDX-License-Identifier: ISC
// Reads, writes, connects and accepts that are cancelled: nothing is lost, and nothing stays behind.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>

#include <mirage/core/eventual.hpp>
#include <mirage/core/loop.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>

#include "socket_tcp_fixture.hpp"

namespace mirage {
namespace {

int lowest_free_descriptor() { return file_descriptor(::dup(0)).get(); }

TEST_F(socket_tcp_test, a_cancelled_read_loses_nothing) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    auto read_once = [](socket_flow& flow) -> task<result<buffer, v1::flow_error>> {
      co_return co_await flow.read();
    };
    // Before anything came.
    auto first = co_await with_timeout(1ms, read_once(server));
    EXPECT_FALSE(first);
    (void)co_await client.write(buffer::copy_of(as_bytes("kept")));
    auto again = co_await with_timeout(1s, read_once(server));
    EXPECT_EQ((*again)->text(), "kept");
  };
  host.run(work());
}

TEST_F(socket_tcp_test, bytes_for_a_reader_that_dies_before_it_resumes_stay) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    scope reading;
    bool resumed = false;
    auto reader = [&resumed](socket_flow& flow) -> task<> {
      (void)co_await flow.read();
      resumed = true;
    };
    (void)reading.spawn(reader, std::ref(server));
    co_await yield();
    co_await yield();
    // A source that is polled before the connection's cancels at the end of the drain, when the reader has
    // been woken but has not run.
    (void)co_await client.write(buffer::copy_of(as_bytes("kept")));
    host.events.wait(host.tasks, instant{}, 0ns);
    test::canceller last(reading);
    host.tasks.mark(last);  // behind the connection, which `wait` has marked
    co_await yield();
    EXPECT_FALSE(resumed);
    auto got = co_await server.read();
    EXPECT_EQ(got->text(), "kept");
  };
  host.run(work());
}

TEST_F(socket_tcp_test, a_write_that_is_cancelled_half_way_poisons) {
  auto write_much = [](socket_flow& flow) -> task<result<void, v1::flow_error>> {
    buffer_list parts;
    for (int i = 0; i < 16; ++i) parts.push_back(filled(1 << 20, 'x'));
    co_return co_await flow.write(std::move(parts));
  };
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    auto done = co_await with_timeout(20ms, write_much(client));
    EXPECT_FALSE(done) << "sixteen megabytes fit nowhere";
    auto more = co_await client.write(buffer::copy_of(as_bytes("more")));
    EXPECT_EQ(more.error(), v1::flow_error::closed);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, a_write_may_be_moved_when_a_part_of_it_is_taken) {
  constexpr std::size_t much = 16 << 20;
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    buffer_list parts;
    for (int i = 0; i < 16; ++i) parts.push_back(filled(much / 16, 'x'));
    auto rest = started(client.write(std::move(parts)));
    EXPECT_FALSE(rest.await_ready()) << "sixteen megabytes fit nowhere";
    auto writing = [&rest]() -> task<bool> {
      auto written = co_await std::move(rest);
      co_return written.has_value();
    };
    auto reading = [](socket_flow& flow) -> task<std::size_t> {
      std::size_t got = 0;
      while (got < much) {
        auto part = co_await flow.read();
        if (!part || part->empty()) break;
        got += part->size();
      }
      co_return got;
    };
    auto both = co_await when_all(writing(), reading(server));
    EXPECT_TRUE(std::get<0>(both));
    EXPECT_EQ(std::get<1>(both), much);
    auto more = co_await client.write(buffer::copy_of(as_bytes("more")));
    EXPECT_TRUE(more);
  };
  host.run(work(), 30s);
}

TEST_F(socket_tcp_test, a_write_that_is_cancelled_before_it_began_leaves_no_trace) {
  auto write_one = [](socket_flow& flow) -> task<result<void, v1::flow_error>> {
    co_return co_await flow.write(buffer::from_static(as_bytes("y")));
  };
  auto work = [&]() -> task<> {
    auto listener = listening();
    const int number = lowest_free_descriptor();
    auto [client, server] = co_await connected(listener);
    const int little = 4096;
    EXPECT_EQ(::setsockopt(number, SOL_SOCKET, SO_SNDBUF, &little, sizeof little), 0);
    // A single byte is taken whole or not at all.
    std::size_t taken = 0;
    while (true) {
      auto one = co_await with_timeout(20ms, write_one(client));
      if (!one) break;
      ++taken;
    }
    EXPECT_GT(taken, 0U);
    std::size_t got = 0;
    while (got < taken) {
      auto part = co_await server.read();
      got += part->size();
    }
    EXPECT_EQ(got, taken) << "the cancelled one was not sent";
    auto more = co_await client.write(buffer::from_static(as_bytes("more")));
    EXPECT_TRUE(more);
    auto part = co_await server.read();
    EXPECT_EQ(part->text(), "more");
  };
  host.run(work(), 30s);
}

TEST_F(socket_tcp_test, a_cancelled_connect_leaves_no_connection) {
  const unsigned before = test::open_descriptors();
  auto connect = [&]() -> task<> { (void)co_await tcp.connect({ip_address("192.0.2.1"), 9}); };
  auto work = [&]() -> task<> { (void)co_await with_timeout(5ms, connect()); };
  host.run(work());
  EXPECT_EQ(tcp.open_connections(), 0U);
  EXPECT_EQ(test::open_descriptors(), before);
}

TEST_F(socket_tcp_test, acceptors_are_served_in_order_and_a_cancelled_one_passes_on) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    std::string order;
    auto acceptor = [&order](socket_listener& from, char name) -> task<> {
      auto flow = co_await from.accept();
      if (flow) order += name;
    };
    scope all;
    (void)all.spawn(acceptor, std::ref(listener), 'a');
    {
      scope dies;
      (void)dies.spawn(acceptor, std::ref(listener), 'b');
      co_await yield();
      co_await yield();
    }
    (void)all.spawn(acceptor, std::ref(listener), 'c');
    co_await yield();
    auto one = co_await tcp.connect(at(listener));
    auto two = co_await tcp.connect(at(listener));
    co_await all.join();
    EXPECT_EQ(order, "ac");
  };
  host.run(work());
}

TEST_F(socket_tcp_test, a_connection_for_an_acceptor_that_dies_goes_to_the_next) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    bool resumed = false;
    auto acceptor = [&resumed](socket_listener& from) -> task<> {
      (void)co_await from.accept();
      resumed = true;
    };
    scope accepting;
    (void)accepting.spawn(acceptor, std::ref(listener));
    co_await yield();
    co_await yield();
    const file_descriptor client = blocking_connection(at(listener));
    host.events.wait(host.tasks, instant{}, 0ns);
    test::canceller last(accepting);
    host.tasks.mark(last);
    co_await yield();
    EXPECT_FALSE(resumed);
    EXPECT_EQ(host.counted("tcp_connections_accepted_total"), 1U);
    auto server = co_await listener.accept();
    EXPECT_TRUE(server);
  };
  host.run(work());
}

}  // namespace
}  // namespace mirage
