// SPDX-License-Identifier: ISC
#include <mirage/linux/socket_udp.hpp>

#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <mirage/core/sleep.hpp>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

auto text(std::string_view what) {
  return [what](bytes to) noexcept {
    std::memcpy(to.data(), what.data(), what.size());
    return what.size();
  };
}

/// A socket of the kernel's own, to look at what goes over the wire.
class plain_socket {
 public:
  explicit plain_socket(ip_address on = ipv4_address::loopback())
      : v4_(on.is_v4()), socket_(::socket(v4_ ? AF_INET : AF_INET6, SOCK_DGRAM, 0)) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    four.sin_family = AF_INET;
    six.sin6_family = AF_INET6;
    if (v4_) {
      four.sin_addr.s_addr = htonl(on.v4().value());
      EXPECT_EQ(::bind(socket_.get(), as_any(four), sizeof four), 0);
    } else {
      on.v6().store(static_cast<std::byte*>(static_cast<void*>(&six.sin6_addr)));
      EXPECT_EQ(::bind(socket_.get(), as_any(six), sizeof six), 0);
    }
    socklen_t size = sizeof six;
    EXPECT_EQ(::getsockname(socket_.get(), as_any(six), &size), 0);
    here_ = {on, ntohs(six.sin6_port)};
    const int room = 4 << 20;
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  }

  endpoint here() const { return here_; }
  void send(const endpoint& to, std::string_view what) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = six.sin6_port = htons(to.port);
    six.sin6_family = AF_INET6;
    if (v4_) {
      four.sin_addr.s_addr = htonl(to.address.v4().value());
      EXPECT_EQ(::sendto(socket_.get(), what.data(), what.size(), 0, as_any(four), sizeof four),
                static_cast<ssize_t>(what.size()));
    } else {
      to.address.v6().store(static_cast<std::byte*>(static_cast<void*>(&six.sin6_addr)));
      EXPECT_EQ(::sendto(socket_.get(), what.data(), what.size(), 0, as_any(six), sizeof six),
                static_cast<ssize_t>(what.size()));
    }
  }
  /// Waits a second at most.
  std::optional<std::string> receive() {
    const timeval limit{.tv_sec = 1, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::string got(65536, '\0');
    const ssize_t size = ::recv(socket_.get(), got.data(), got.size(), 0);
    if (size < 0) return std::nullopt;
    got.resize(static_cast<std::size_t>(size));
    return got;
  }

 private:
  template <class Address>
  static sockaddr* as_any(Address& address) {
    return static_cast<sockaddr*>(static_cast<void*>(&address));
  }
  bool v4_;
  file_descriptor socket_;
  endpoint here_;
};

class socket_udp_test : public testing::Test {
 protected:
  struct record {
    std::string payload;
    endpoint source;
    endpoint destination;
    std::uint32_t interface;
    std::uint8_t ttl;
  };
  auto recording() {
    return [this](v1::datagram&& each) noexcept {
      got.push_back(
          {std::string(each.payload.text()), each.source, each.destination, each.interface, each.ttl});
    };
  }
  // A port of the machine that is free for both families.
  static std::uint16_t free_port() { return plain_socket().here().port; }
  bool wait_for(std::size_t count) {
    return host.run_until([&] { return got.size() >= count; }, 5s);
  }

  test_host host;
  socket_options options;
  socket_udp udp{"stack_0", options};
  std::vector<record> got;
};

TEST_F(socket_udp_test, tells_everything_about_a_datagram) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  for (const ip_address from : {ip_address(ipv4_address::loopback()), ip_address(ipv6_address::loopback())}) {
    got.clear();
    plain_socket peer(from);
    peer.send({from, port}, "hello");
    ASSERT_TRUE(wait_for(1));
    EXPECT_EQ(got[0].payload, "hello");
    EXPECT_EQ(got[0].source, peer.here());
    EXPECT_EQ(got[0].destination, (endpoint{from, port}));
    EXPECT_EQ(got[0].interface, ::if_nametoindex("lo"));
    EXPECT_EQ(got[0].ttl, 64);
  }
}

TEST_F(socket_udp_test, on_an_address_of_its_own_the_kernel_is_asked_for_nothing_more) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({ip_address("127.0.0.9"), port}, recording());
  ASSERT_TRUE(listening);
  plain_socket peer;
  peer.send({ip_address("127.0.0.9"), port}, "hello");
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(got[0].destination, (endpoint{ip_address("127.0.0.9"), port}));
  EXPECT_EQ(got[0].ttl, 0);
  EXPECT_EQ(got[0].interface, 0U);
}

TEST_F(socket_udp_test, a_handler_answers_from_the_address_that_was_asked) {
  const std::uint16_t port = free_port();
  auto echo = [this](v1::datagram&& each) noexcept {
    const v1::datagram_route back{.destination = each.source, .source = each.destination, .ttl = 7};
    EXPECT_TRUE(udp.write(back, each.payload.size(), text(each.payload.text())));
  };
  auto listening = udp.listen({{}, port}, echo);
  ASSERT_TRUE(listening);
  // 127.0.0.9 is local, but nothing that the kernel would choose.
  plain_socket peer;
  peer.send({ip_address("127.0.0.9"), port}, "who are you");
  host.run_for(10ms);
  EXPECT_EQ(peer.receive(), "who are you");
  // The same through our own listener, which shows the source and the TTL.
  const std::uint16_t other = free_port();
  auto second = udp.listen({{}, other}, recording());
  ASSERT_TRUE(second);
  const v1::datagram_route ask{.destination = {ip_address("127.0.0.9"), port},
                               .source = {ip_address("127.0.0.1"), other}};
  ASSERT_TRUE(udp.write(ask, 100, text("again")));
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(got[0].payload, "again");
  EXPECT_EQ(got[0].source, (endpoint{ip_address("127.0.0.9"), port}));
  EXPECT_EQ(got[0].destination, (endpoint{ip_address("127.0.0.1"), other}));
  EXPECT_EQ(got[0].ttl, 7);
}

TEST_F(socket_udp_test, a_round_of_answers_leaves_as_few_messages) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  plain_socket one;
  plain_socket two;
  plain_socket six(ipv6_address::loopback());
  // Interleaved, so that only grouping by peer puts them together.
  for (int i = 0; i < 40; ++i) {
    for (auto* to : {&one, &two, &six}) {
      const v1::datagram_route route{.destination = to->here(), .source = {{}, port}};
      char number[] = "00 abcdefgh";
      number[0] = static_cast<char>('0' + i / 10);
      number[1] = static_cast<char>('0' + i % 10);
      ASSERT_TRUE(udp.write(route, 64, text(number)));
    }
  }
  host.run_round();
  EXPECT_EQ(host.counted("udp_sent_datagrams_total"), 120U);
  EXPECT_EQ(host.counted("udp_send_calls_total"), 2U) << "one a family";
  EXPECT_EQ(host.counted("udp_segmented_sends_total"), 3U) << "one a peer";
  for (auto* at : {&one, &two, &six}) {
    for (int i = 0; i < 40; ++i) {
      const auto datagram = at->receive();
      ASSERT_TRUE(datagram);
      EXPECT_EQ(*datagram, (i < 10 ? "0" : "") + std::to_string(i) + " abcdefgh");
    }
  }
}

TEST_F(socket_udp_test, datagrams_to_one_peer_keep_their_order_and_length) {
  plain_socket peer;
  std::vector<std::string> sent;
  const std::size_t sizes[] = {10, 10, 10,   7,    10,   10,   0,    10,   20, 20,
                               5,  5,  1452, 1452, 1453, 1453, 9000, 9000, 1,  1};
  for (const std::size_t size : sizes) {
    sent.emplace_back(size, static_cast<char>('a' + sent.size()));
    ASSERT_TRUE(udp.write({.destination = peer.here()}, size, text(sent.back())));
  }
  host.run_round();
  for (const std::string& each : sent) EXPECT_EQ(peer.receive(), each);
  EXPECT_EQ(host.counted("udp_sent_datagrams_total"), sent.size());
}

TEST_F(socket_udp_test, unordered_datagrams_leave_by_their_lengths) {
  plain_socket peer;
  for (const std::string_view each : {"four", "three", "5byte", "two", "nine"})
    ASSERT_TRUE(udp.write({.destination = peer.here(), .unordered = true}, each.size(), text(each)));
  host.run_round();
  for (const std::string_view each : {"three", "5byte", "two", "four", "nine"})
    EXPECT_EQ(peer.receive(), each);
  EXPECT_EQ(host.counted("udp_segmented_sends_total"), 2U);
}

TEST_F(socket_udp_test, without_segmentation_the_same_arrives) {
  const socket_options plain{.segment_datagrams = false};
  socket_udp other{"plain", plain};
  plain_socket peer;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(other.write({.destination = peer.here()}, 5, text("equal")));
  host.run_round();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(peer.receive(), "equal");
  EXPECT_EQ(host.counted("udp_segmented_sends_total", "plain"), 0U);
  EXPECT_EQ(host.counted("udp_send_calls_total", "plain"), 1U);
}

TEST_F(socket_udp_test, a_full_batch_is_sent_at_once) {
  plain_socket peer;
  for (int i = 0; i < 1000; ++i) {
    const std::string each = "datagram " + std::to_string(i);
    ASSERT_TRUE(udp.write({.destination = peer.here()}, 1024, text(each)));
  }
  host.run_round();
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(peer.receive(), "datagram " + std::to_string(i));
}

TEST_F(socket_udp_test, the_longest_datagrams_go_both_ways) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  for (const std::size_t size :
       {std::size_t{2047}, std::size_t{2048}, std::size_t{2049}, std::size_t{65507}}) {
    std::string payload(size, 'x');
    payload.front() = 'a';
    payload.back() = 'z';
    ASSERT_TRUE(udp.write({.destination = {ipv4_address::loopback(), port}}, size, text(payload)));
    ASSERT_TRUE(wait_for(1));
    EXPECT_EQ(got[0].payload, payload);
    got.clear();
  }
  bool called = false;
  const auto fill = [&called](bytes) noexcept {
    called = true;
    return std::size_t{0};
  };
  EXPECT_EQ(udp.write({.destination = {ipv4_address::loopback(), port}}, 65508, fill).error(),
            v1::net_error::too_long);
  EXPECT_FALSE(called);
}

TEST_F(socket_udp_test, says_why_it_cannot_send) {
  const auto fill = text("never");
  EXPECT_EQ(
      udp.write({.destination = {ip_address("127.0.0.1"), 9}, .source = {ip_address("::1"), 0}}, 5, fill)
          .error(),
      v1::net_error::no_route);
  const socket_options only4{.ipv4_only = true};
  socket_udp four{"four", only4};
  EXPECT_EQ(four.write({.destination = {ip_address("::1"), 9}}, 5, fill).error(), v1::net_error::no_route);
  plain_socket taken;
  EXPECT_EQ(udp.write({.destination = {ip_address("127.0.0.1"), 9}, .source = taken.here()}, 5, fill).error(),
            v1::net_error::no_route);
}

TEST_F(socket_udp_test, what_the_kernel_refuses_is_counted) {
  // A source address that is not ours is only found out when the batch is sent.
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  ASSERT_TRUE(
      udp.write({.destination = {ip_address("127.0.0.1"), 9}, .source = {ip_address("192.0.2.1"), port}}, 5,
                text("lost!")));
  plain_socket peer;
  ASSERT_TRUE(udp.write({.destination = peer.here(), .source = {{}, port}}, 5, text("found")));
  host.run_round();
  EXPECT_EQ(host.counted("udp_dropped_total", "refused"), 1U);
  EXPECT_EQ(peer.receive(), "found");
}

TEST_F(socket_udp_test, a_source_port_without_a_listener_is_used_all_the_same) {
  const std::uint16_t port = free_port();
  const std::uint16_t source = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  const unsigned before = test::open_descriptors();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(udp.write({.destination = {ipv4_address::loopback(), port}, .source = {{}, source}}, 5,
                          text("hello")));
    ASSERT_TRUE(wait_for(static_cast<std::size_t>(i) + 1));
    EXPECT_EQ(got.back().source, (endpoint{ipv4_address::loopback(), source}));
  }
  EXPECT_EQ(test::open_descriptors(), before);
}

TEST_F(socket_udp_test, one_port_has_one_listener) {
  const std::uint16_t port = free_port();
  auto one = udp.listen({{}, port}, recording());
  ASSERT_TRUE(one);
  EXPECT_EQ(udp.listen({{}, port}, recording()).error(), v1::listen_error::in_use);
  EXPECT_EQ(udp.listen({ip_address("192.0.2.1"), port}, recording()).error(), v1::listen_error::no_address);
  one->cancel();
  EXPECT_TRUE(udp.listen({{}, port}, recording())) << "the port is free at once";
}

TEST_F(socket_udp_test, a_handler_may_end_its_own_subscription) {
  const std::uint16_t port = free_port();
  subscription listening;
  std::shared_ptr<int> alive = std::make_shared<int>(0);
  std::weak_ptr<int> watch = alive;
  int calls = 0;
  auto handler = [&listening, &calls, alive = std::move(alive)](v1::datagram&&) noexcept {
    ++calls;
    listening.cancel();
    EXPECT_NE(alive, nullptr) << "the handler still stands while it runs";
  };
  auto made = udp.listen({{}, port}, std::move(handler));
  ASSERT_TRUE(made);
  listening = *std::move(made);
  plain_socket peer;
  for (int i = 0; i < 5; ++i) peer.send({ipv4_address::loopback(), port}, "x");
  host.run_for(10ms);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(watch.expired()) << "and is freed afterwards";
}

TEST_F(socket_udp_test, a_handler_may_keep_what_it_was_given) {
  const std::uint16_t port = free_port();
  std::vector<buffer> kept;
  auto handler = [&kept](v1::datagram&& each) noexcept { kept.push_back(std::move(each.payload)); };
  auto listening = udp.listen({{}, port}, handler);
  ASSERT_TRUE(listening);
  plain_socket peer;
  for (int i = 0; i < 500; ++i) {
    peer.send({ipv4_address::loopback(), port}, std::to_string(i));
    if (i % 50 == 0) host.run_for(1ms);
  }
  ASSERT_TRUE(host.run_until([&] { return kept.size() == 500; }));
  for (int i = 0; i < 500; ++i) ASSERT_EQ(kept[static_cast<std::size_t>(i)].text(), std::to_string(i));
}

TEST_F(socket_udp_test, without_memory_it_drops_and_counts) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  host.buffers.set_limit(0);
  plain_socket peer;
  for (int i = 0; i < 10; ++i) peer.send({ipv4_address::loopback(), port}, "x");
  host.run_for(10ms);
  EXPECT_EQ(got.size(), 0U);
  EXPECT_EQ(host.counted("udp_dropped_total", "memory"), 10U);
  host.buffers.set_limit(1 << 20);
  peer.send({ipv4_address::loopback(), port}, "y");
  ASSERT_TRUE(wait_for(1));
  EXPECT_EQ(got[0].payload, "y");
}

TEST_F(socket_udp_test, what_the_kernel_dropped_is_counted) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  plain_socket peer;
  const std::string large(60'000, 'x');
  int sent = 0;
  for (; sent < 1000; ++sent) peer.send({ipv4_address::loopback(), port}, large);
  host.run_for(100ms);
  peer.send({ipv4_address::loopback(), port}, "now");
  ASSERT_TRUE(host.run_until([&] { return !got.empty() && got.back().payload == "now"; }));
  const auto dropped = host.counted("udp_dropped_total", "receive_queue");
  EXPECT_GT(dropped, 0U);
  EXPECT_EQ(dropped + got.size(), static_cast<std::size_t>(sent) + 1);
}

TEST_F(socket_udp_test, receiving_in_batches_does_not_starve_tasks) {
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  plain_socket peer;
  for (int i = 0; i < 600; ++i) peer.send({ipv4_address::loopback(), port}, "x");
  host.run_for(1ms);
  ASSERT_TRUE(wait_for(600));
  EXPECT_GE(host.counted("udp_receive_calls_total"), 3U) << "256 a call at most";
  EXPECT_LE(host.counted("udp_receive_calls_total"), 610U);
}

TEST_F(socket_udp_test, groups_are_joined_and_left_as_often) {
  std::uint32_t interface = 0;
  ifaddrs* all = nullptr;
  ASSERT_EQ(::getifaddrs(&all), 0);
  for (auto* each = all; each != nullptr; each = each->ifa_next)
    if ((each->ifa_flags & IFF_MULTICAST) != 0 && (each->ifa_flags & IFF_UP) != 0 &&
        each->ifa_addr != nullptr && each->ifa_addr->sa_family == AF_INET)
      interface = ::if_nametoindex(each->ifa_name);
  ::freeifaddrs(all);
  const ip_address group("239.255.12.34");
  EXPECT_EQ(udp.join(ip_address("127.0.0.1"), 0).error(), v1::net_error::no_route);
  EXPECT_EQ(udp.join(group, 123456).error(), v1::net_error::no_route);
  // The loopback interface carries groups too, when it is named.
  const std::uint32_t on = interface != 0 ? interface : ::if_nametoindex("lo");
  const std::uint16_t port = free_port();
  auto listening = udp.listen({{}, port}, recording());
  ASSERT_TRUE(listening);
  ASSERT_TRUE(udp.join(group, on));
  ASSERT_TRUE(udp.join(group, on));
  udp.leave(group, on);
  const v1::datagram_route route{.destination = {group, port}, .source = {{}, port}, .interface = on};
  ASSERT_TRUE(udp.write(route, 5, text("hello")));
  ASSERT_TRUE(wait_for(1)) << "one of the two memberships is left";
  EXPECT_EQ(got[0].destination.address, group);
  EXPECT_EQ(got[0].ttl, 1);
  udp.leave(group, on);
  udp.leave(group, on);
  got.clear();
  ASSERT_TRUE(udp.write(route, 5, text("hello")));
  host.run_for(20ms);
  EXPECT_EQ(got.size(), 0U);
}

TEST_F(socket_udp_test, memory_does_not_grow_in_the_steady_state) {
  const std::uint16_t port = free_port();
  auto echo = [this](v1::datagram&& each) noexcept {
    const v1::datagram_route back{.destination = each.source, .source = each.destination};
    (void)udp.write(back, 512, text(each.payload.text()));
  };
  auto listening = udp.listen({{}, port}, echo);
  ASSERT_TRUE(listening);
  plain_socket peer;
  std::uint64_t growths = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    for (int j = 0; j < 10; ++j) peer.send({ipv4_address::loopback(), port}, "ping");
    host.run_for(100us);
    for (int j = 0; j < 10; ++j) {
      if (j == 0) host.run_until([&] { return host.counted("udp_sent_datagrams_total") >= 10 * i + 10; });
      ASSERT_EQ(peer.receive(), "ping");
    }
    if (i == 10) growths = host.buffers.growths();
  }
  EXPECT_EQ(host.buffers.growths(), growths);
}

}  // namespace
}  // namespace mirage
