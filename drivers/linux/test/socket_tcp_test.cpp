// SPDX-License-Identifier: ISC
#include <mirage/linux/socket_tcp.hpp>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <mirage/core/event.hpp>
#include <mirage/core/sleep.hpp>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

buffer filled(std::size_t size, char with) {
  buffer made = buffer::allocate(size);
  std::memset(made.writable().data(), with, size);
  return made;
}

int lowest_free_descriptor() { return file_descriptor(::dup(0)).get(); }

// Done when it returns: nothing of it goes through the loop.
file_descriptor blocking_connection(const endpoint& to) {
  file_descriptor made(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(to.address.v4().value());
  EXPECT_EQ(::connect(made.get(), static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address), 0);
  return made;
}

struct ends {
  socket_flow client;
  socket_flow server;
};

class socket_tcp_test : public testing::Test {
 protected:
  task<ends> connected(socket_listener& listener) {
    auto client = co_await tcp.connect(at(listener));
    auto server = co_await listener.accept();
    EXPECT_TRUE(client.has_value());
    EXPECT_TRUE(server.has_value());
    co_return ends{*std::move(client), *std::move(server)};
  }
  endpoint at(const socket_listener& listener) { return {ipv4_address::loopback(), listener.local().port}; }
  socket_listener listening(endpoint where = {ipv4_address::loopback(), 0}) {
    auto made = tcp.listen(where);
    EXPECT_TRUE(made.has_value());
    return *std::move(made);
  }
  static task<std::string> read_all(socket_flow& flow) {
    std::string all;
    while (true) {
      auto part = co_await flow.read();
      if (!part || part->empty()) break;
      all += part->text();
    }
    co_return all;
  }

  test_host host;
  socket_options options;
  socket_tcp tcp{"stack_0", options};
};

TEST_F(socket_tcp_test, carries_bytes_both_ways) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    auto sent = co_await client.write(buffer::copy_of(as_bytes("question")));
    EXPECT_TRUE(sent);
    auto got = co_await server.read();
    EXPECT_EQ(got->text(), "question");
    buffer_list answer;
    answer.push_back(buffer::from_static(as_bytes("an ")));
    answer.push_back(buffer());
    answer.push_back(buffer::from_static(as_bytes("answer")));
    sent = co_await server.write(std::move(answer));
    EXPECT_TRUE(sent);
    got = co_await client.read();
    EXPECT_EQ(got->text(), "an answer");
    EXPECT_EQ(client.peer(), server.local());
    EXPECT_EQ(server.peer(), client.local());
    co_await client.close();
    got = co_await server.read();
    EXPECT_TRUE(got && got->empty());
    got = co_await server.read();
    EXPECT_TRUE(got && got->empty()) << "the end stays the answer";
    EXPECT_EQ(client.peer(), server.local()) << "the ends stay the same when it is closed";
    EXPECT_EQ(client.local(), server.peer());
  };
  host.run(work());
  EXPECT_EQ(host.counted("tcp_connections_open"), 0U);
}

TEST_F(socket_tcp_test, listens_on_both_families_at_one_port) {
  auto work = [&]() -> task<> {
    auto listener = listening({});
    const std::uint16_t port = listener.local().port;
    EXPECT_NE(port, 0);
    for (const ip_address address :
         {ip_address(ipv4_address::loopback()), ip_address(ipv6_address::loopback())}) {
      auto client = co_await tcp.connect({address, port});
      EXPECT_TRUE(client);
      auto server = co_await listener.accept();
      EXPECT_TRUE(server);
      if (!client || !server) co_return;
      EXPECT_EQ(server->peer(), client->local());
      EXPECT_EQ(server->local(), (endpoint{address, port}));
    }
  };
  host.run(work());
}

TEST_F(socket_tcp_test, families_can_be_switched_off) {
  socket_options only6{.ipv6_only = true};
  socket_tcp six{"stack_6", only6};
  auto work = [&]() -> task<> {
    auto listener = six.listen({});
    EXPECT_TRUE(listener);
    auto client = co_await tcp.connect({ipv4_address::loopback(), listener->local().port});
    EXPECT_FALSE(client);
    EXPECT_EQ(client.error(), v1::flow_error::refused);
    client = co_await six.connect({ipv4_address::loopback(), listener->local().port});
    EXPECT_EQ(client.error(), v1::flow_error::unreachable);
    EXPECT_EQ(six.listen({ipv4_address::loopback(), 0}).error(), v1::listen_error::no_address);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, the_configured_address_stands_for_all) {
  const socket_options bound{.ipv4 = ipv4_prefix{"127.0.0.2/8"}, .ipv4_only = true};
  socket_tcp two{"stack_2", bound};
  auto work = [&]() -> task<> {
    auto listener = two.listen({});
    EXPECT_EQ(listener->local().address, ip_address("127.0.0.2"));
    auto client = co_await tcp.connect({ipv4_address::loopback(), listener->local().port});
    EXPECT_EQ(client.error(), v1::flow_error::refused);
    client = co_await two.connect(listener->local());
    EXPECT_TRUE(client);
    EXPECT_EQ(client->local().address, ip_address("127.0.0.2"));
  };
  host.run(work());
}

TEST_F(socket_tcp_test, says_why_it_cannot_listen) {
  auto listener = listening();
  EXPECT_EQ(tcp.listen(listener.local()).error(), v1::listen_error::in_use);
  EXPECT_EQ(tcp.listen({ip_address("192.0.2.1"), 0}).error(), v1::listen_error::no_address);
}

TEST_F(socket_tcp_test, several_listen_on_one_port_when_they_may) {
  const socket_options shared{.reuse_port = true};
  socket_tcp one{"one", shared};
  socket_tcp two{"two", shared};
  auto first = one.listen({ipv4_address::loopback(), 0});
  ASSERT_TRUE(first);
  EXPECT_TRUE(two.listen(first->local()));
}

TEST_F(socket_tcp_test, says_why_it_cannot_connect) {
  std::uint16_t nobody = 0;
  {
    auto listener = listening();
    nobody = listener.local().port;
  }
  auto work = [&]() -> task<> {
    auto client = co_await tcp.connect({ipv4_address::loopback(), nobody});
    EXPECT_EQ(client.error(), v1::flow_error::refused);
    // From the loopback network there is no way out.
    const socket_options inside{.ipv4 = ipv4_prefix{"127.0.0.1/8"}};
    socket_tcp bound{"bound", inside};
    client = co_await bound.connect({ip_address("192.0.2.1"), 9});
    EXPECT_EQ(client.error(), v1::flow_error::unreachable);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, half_close_keeps_the_other_direction) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    (void)co_await client.write(buffer::copy_of(as_bytes("all that there is")));
    co_await client.shutdown();
    co_await client.shutdown();
    auto refused = co_await client.write(buffer::copy_of(as_bytes("more")));
    EXPECT_EQ(refused.error(), v1::flow_error::closed);
    EXPECT_EQ(co_await read_all(server), "all that there is");
    (void)co_await server.write(buffer::copy_of(as_bytes("an answer all the same")));
    co_await server.close();
    EXPECT_EQ(co_await read_all(client), "an answer all the same");
  };
  host.run(work());
}

TEST_F(socket_tcp_test, destroying_resets_and_closing_does_not) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    {
      auto [client, server] = co_await connected(listener);
      {
        const socket_flow gone = std::move(client);
      }
      auto got = co_await server.read();
      EXPECT_EQ(got.error(), v1::flow_error::reset);
      got = co_await server.read();
      EXPECT_EQ(got.error(), v1::flow_error::reset) << "and stays so";
      auto sent = co_await server.write(buffer::copy_of(as_bytes("x")));
      EXPECT_EQ(sent.error(), v1::flow_error::reset);
    }
    // Input that nobody read does not turn the orderly end into a reset.
    auto [client, server] = co_await connected(listener);
    (void)co_await client.write(filled(10'000, 'u'));
    (void)co_await server.write(buffer::copy_of(as_bytes("farewell")));
    co_await sleep_for(5ms);
    co_await server.close();
    EXPECT_EQ(co_await read_all(client), "farewell");
    auto got = co_await client.read();
    EXPECT_TRUE(got && got->empty());
    got = co_await server.read();
    EXPECT_EQ(got.error(), v1::flow_error::closed);
    auto sent = co_await server.write(buffer::copy_of(as_bytes("x")));
    EXPECT_EQ(sent.error(), v1::flow_error::closed);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, moves_megabytes_with_back_pressure) {
  constexpr std::size_t total = 64 << 20;
  auto writer = [](socket_flow& flow, std::size_t& written) -> task<> {
    while (written < total) {
      buffer_list parts;
      for (int i = 0; i < 4; ++i)
        parts.push_back(filled(50'000 + static_cast<std::size_t>(i), static_cast<char>('a' + i)));
      const std::size_t size = total_size(parts);
      auto sent = co_await flow.write(std::move(parts));
      EXPECT_TRUE(sent);
      if (!sent) co_return;
      written += size;
    }
    co_await flow.shutdown();
  };
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    std::size_t written = 0;
    std::size_t got = 0;
    scope writing;
    (void)writing.spawn(writer, std::ref(client), std::ref(written));
    co_await sleep_for(50ms);
    EXPECT_LT(written, total) << "nobody reads, so the writer must wait";
    std::size_t position = 0;
    while (true) {
      auto part = co_await server.read();
      EXPECT_TRUE(part);
      if (!part || part->empty()) break;
      for (const char each : part->text()) {
        const std::size_t in_cycle = position++ % 200'006;
        const char wanted = in_cycle < 50'000    ? 'a'
                            : in_cycle < 100'001 ? 'b'
                            : in_cycle < 150'003 ? 'c'
                                                 : 'd';
        if (each != wanted) {
          ADD_FAILURE() << "byte " << position << " is wrong";
          co_return;
        }
      }
      got += part->size();
    }
    EXPECT_EQ(got, written);
    co_await writing.join();
  };
  host.run(work(), 30s);
}

// Read-only data of this test program, as a crunched store is of an image.
constexpr auto image = [] {
  std::array<char, 60'001> made{};
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<char>(i * 7 + i / 251);
  return made;
}();

TEST_F(socket_tcp_test, sends_what_lies_in_the_image_from_its_file) {
  constexpr int rounds = 200;  // more than the socket takes at once
  const std::string_view whole(image.data(), image.size());
  auto writer = [&](socket_flow& flow) -> task<> {
    for (int i = 0; i < rounds; ++i) {
      buffer_list parts;
      parts.push_back(buffer::copy_of(as_bytes("head")));
      parts.push_back(buffer::from_static(as_bytes(whole)));
      parts.push_back(buffer::from_static(as_bytes(whole.substr(5, 30'000))));
      parts.push_back(buffer::copy_of(as_bytes("tail")));
      const auto sent = co_await flow.write(std::move(parts));
      EXPECT_TRUE(sent);
    }
    co_await flow.shutdown();
  };
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    scope writing;
    (void)writing.spawn(writer, std::ref(client));
    const std::string got = co_await read_all(server);
    const std::string wanted = "head" + std::string(whole) + std::string(whole.substr(5, 30'000)) + "tail";
    EXPECT_EQ(got.size(), rounds * wanted.size());
    for (std::size_t at = 0; at < got.size(); at += wanted.size()) {
      EXPECT_TRUE(got.compare(at, wanted.size(), wanted) == 0) << "round " << at / wanted.size();
    }
    co_await writing.join();
  };
  host.run(work(), 30s);
}

TEST_F(socket_tcp_test, a_peer_that_reset_is_an_error_for_the_image_too) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    {
      const socket_flow gone = std::move(server);
    }
    auto got = co_await client.read();
    EXPECT_EQ(got.error(), v1::flow_error::reset);
    const auto sent = co_await client.write(buffer::from_static(as_bytes({image.data(), image.size()})));
    EXPECT_FALSE(sent) << "and no SIGPIPE";
  };
  host.run(work());
}

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
    struct canceller final : event_source {
      scope* target = nullptr;
      bool poll() noexcept override {
        target->cancel();
        return false;
      }
    };
    canceller last;
    last.target = &reading;
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

TEST_F(socket_tcp_test, closing_wakes_who_waits) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    auto [client, server] = co_await connected(listener);
    std::optional<v1::flow_error> how;
    auto reader = [&how](socket_flow& flow) -> task<> {
      auto got = co_await flow.read();
      how = got.error();
    };
    scope reading;
    (void)reading.spawn(reader, std::ref(server));
    co_await yield();
    co_await yield();
    co_await server.close();
    co_await reading.join();
    EXPECT_EQ(how, v1::flow_error::closed);
  };
  host.run(work());
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
    struct canceller final : event_source {
      scope* target = nullptr;
      bool poll() noexcept override {
        target->cancel();
        return false;
      }
    };
    canceller last;
    last.target = &accepting;
    host.tasks.mark(last);
    co_await yield();
    EXPECT_FALSE(resumed);
    EXPECT_EQ(host.counted("tcp_connections_accepted_total"), 1U);
    auto server = co_await listener.accept();
    EXPECT_TRUE(server);
  };
  host.run(work());
}

TEST_F(socket_tcp_test, stopping_ends_the_listening) {
  auto work = [&]() -> task<> {
    auto listener = listening();
    std::optional<v1::listen_error> how;
    auto acceptor = [&how](socket_listener& from) -> task<> {
      auto flow = co_await from.accept();
      if (!flow) how = flow.error();
    };
    scope accepting;
    (void)accepting.spawn(acceptor, std::ref(listener));
    co_await yield();
    co_await yield();
    tcp.stop();
    co_await accepting.join();
    EXPECT_EQ(how, v1::listen_error::closed);
    auto again = co_await listener.accept();
    EXPECT_EQ(again.error(), v1::listen_error::closed);
  };
  host.run(work());
}

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
