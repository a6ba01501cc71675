// SPDX-License-Identifier: ISC
#include <mirage/linux/socket_tcp.hpp>

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <optional>
#include <string>

#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>

#include "socket_tcp_fixture.hpp"

namespace mirage {
namespace {

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

}  // namespace
}  // namespace mirage
