// SPDX-License-Identifier: ISC
// The whole stack under attack, on virtual time: somebody at the cable sends frames from addresses that are
// not theirs, as fast as they fit beside the others', while an honest client goes on. What each core refuses
// is tested beside it; here it is that all of them together keep serving, within their caps.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/simulation/link.hpp"
#include "mirage/simulation/local_world.hpp"
#include "mirage/simulation/network.hpp"
#include "mirage/tcp/wire.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using host = test::direct_host<simulation::network>;
namespace flag = tcp_protocol::flag;

constexpr ipv4_prefix client_address = "10.0.0.1/24";
constexpr ipv4_prefix server_address = "10.0.0.2/24";
constexpr mac_address client_mac = "02:00:00:00:00:01";
constexpr mac_address server_mac = "02:00:00:00:00:02";
constexpr std::uint16_t port = 80;
constexpr std::uint32_t half_open = 64;

constexpr duration long_enough = 2s;
constexpr duration tick = 100us;
constexpr unsigned frames_a_tick = 4;  // 40 000 a second
constexpr std::size_t page = 100'000;

// On the near side of the router, whose MAC address all of them have.
ipv4_address source_of(std::uint32_t number) { return ipv4_address(0x20000000 + number % 1'000'000); }

void write_head(std::span<std::byte> frame, const ipv4_fields& what) {
  server_mac.store(frame.data());
  client_mac.store(frame.data() + 6);
  store_be16(frame.data() + 12, 0x0800);
  ipv4_header::write(frame.subspan(14), what);
}

/// A TCP segment without data.
std::vector<std::byte> make_segment(std::uint32_t number, std::uint8_t flags) {
  constexpr std::size_t size = tcp_protocol::header_size;
  std::vector<std::byte> frame(14 + ipv4_header::size + size);
  const ipv4_fields head{.source = source_of(number),
                         .destination = server_address.address(),
                         .protocol = 6,
                         .ttl = 64,
                         .total_length = ipv4_header::size + size};
  write_head(frame, head);
  const std::span<std::byte> segment = std::span(frame).subspan(14 + ipv4_header::size);
  tcp_protocol::store_header(segment,
                             {.source = 1024,
                              .destination = port,
                              .seq = tcp_protocol::sequence(number * 7919),
                              .ack = tcp_protocol::sequence(number * 104'729),
                              .flags = flags,
                              .window = 1000},
                             size);
  const std::uint16_t pseudo = checksum::pseudo_header(head.source, head.destination, head.protocol, size);
  store_be16(segment.data() + tcp_protocol::checksum_offset,
             checksum::finish(checksum::add(pseudo, checksum::sum_of(segment))));
  return frame;
}

/// A part of a datagram that has no other parts.
std::vector<std::byte> make_fragment(std::uint32_t number, std::size_t length) {
  std::vector<std::byte> frame(14 + ipv4_header::size + length);
  write_head(frame, {.source = source_of(number),
                     .destination = server_address.address(),
                     .protocol = 17,
                     .ttl = 64,
                     .total_length = static_cast<std::uint16_t>(ipv4_header::size + length),
                     .identification = static_cast<std::uint16_t>(number),
                     .fragment_offset = static_cast<std::uint16_t>(number % 3 * 8),
                     .more_fragments = true});
  return frame;
}

struct attacked {
  attacked() {
    node.run([](attacked& self) -> task<> {
      auto one = co_await self.client.ipv4_layer.start();
      auto other = co_await self.server.ipv4_layer.start();
      EXPECT_TRUE(one && other);
    }(*this));
  }

  /// Sends what `make(n)` makes until the test stops it.
  template <class Make>
  task<> flood(Make make) {
    for (std::uint32_t number = 0; !done_;) {
      for (unsigned i = 0; i < frames_a_tick; ++i) cable.to_right().send(make(number++));
      sent_ = number;
      if (number % 4000 == 0) look();
      co_await sleep_for(tick);
    }
  }

  /// The value of a counter or gauge, of both hosts together.
  [[nodiscard]] std::uint64_t counted(std::string_view name) {
    std::string text;
    {
      text_stream out([&text](std::string_view part) noexcept { text += part; });
      node.counters.write_prometheus(out);
    }
    std::uint64_t sum = 0;
    const std::string begin = "\n" + std::string(name);
    for (std::size_t at = text.find(begin); at != text.npos; at = text.find(begin, at + 1)) {
      const std::size_t value = text.find_first_of(" \n", at + begin.size()) + 1;
      std::uint64_t one = 0;
      std::from_chars(text.data() + value, text.data() + text.size(), one);
      sum += one;
    }
    return sum;
  }

  void look() {
    most_half_open = std::max(most_half_open, counted("tcp_connections_half_open"));
    most_memory = std::max(most_memory, node.buffers.reserved());
  }

  task<> serve() {
    auto listener = server.tcp_layer.listen({{}, port});
    EXPECT_TRUE(listener);
    if (!listener) co_return;
    while (true) {
      auto flow = co_await listener->accept();
      if (!flow) co_return;
      auto written = co_await flow->write(buffer::from_static(content));
      EXPECT_TRUE(written);
      co_await flow->close();
    }
  }

  task<> fetch() {
    auto flow = co_await client.tcp_layer.connect({server_address.address(), port});
    EXPECT_TRUE(flow) << "an honest client is let in";
    if (!flow) co_return;
    std::size_t got = 0;
    while (true) {
      auto part = co_await flow->read();
      EXPECT_TRUE(part);
      if (!part || part->empty()) break;
      got += part->size();
    }
    EXPECT_EQ(got, page);
    co_await flow->close();
  }

  /// Honest clients, one after another, while somebody floods.
  template <class Make>
  void withstand(Make make) {
    node.run([](attacked& self, Make frames) -> task<> {
      scope running;
      auto serving = running.spawn("server", self.serve());
      auto flooding = running.spawn("flood", self.flood(frames));
      EXPECT_TRUE(serving && flooding);
      const instant begin = os::now();
      while (os::now() - begin < long_enough) {
        const instant asked = os::now();
        co_await self.fetch();
        self.slowest = std::max<duration>(self.slowest, os::now() - asked);
        ++self.answers;
      }
      self.done_ = true;
    }(*this, make));
  }

  [[nodiscard]] std::uint32_t sent() const noexcept { return sent_; }

  static constexpr std::array<std::byte, page> content{};
  test::virtual_node node;
  simulation::local_world world{1};
  simulation::link cable{world, "cable", {.bandwidth = 1'000'000'000, .delay = 1ms, .queue = 1 << 20}};
  simulation::network client_network{cable.left(), client_mac, {.offload = simulation::offloads::all()}};
  simulation::network server_network{cable.right(), server_mac, {.offload = simulation::offloads::all()}};
  host client{client_network, {.address = client_address}};
  host server{server_network,
              {.address = server_address, .gateway = client_address.address()},
              {.half_open = half_open}};
  std::uint64_t most_half_open = 0;
  std::size_t most_memory = 0;
  duration slowest{};
  unsigned answers = 0;

 private:
  bool done_ = false;
  std::uint32_t sent_ = 0;
};

constexpr std::size_t most_memory = 8 << 20;
constexpr duration usual = 50ms;  // that a page takes is a few round trips of 2 ms

TEST(attack, a_flood_of_syns) {
  attacked on;
  on.withstand([](std::uint32_t number) { return make_segment(number, flag::syn); });
  EXPECT_GT(on.sent(), 50'000U);
  EXPECT_GT(on.answers, 20U);
  EXPECT_LT(on.slowest, usual);
  EXPECT_LE(on.most_half_open, half_open + 1) << "and the client's own";
  EXPECT_LT(on.most_memory, most_memory);
  EXPECT_GT(on.counted("tcp_syn_cookies_sent_total"), 10'000U);
  EXPECT_GE(on.counted("tcp_syn_cookies_accepted_total"), on.answers - 1);
}

TEST(attack, a_flood_of_acknowledgements) {
  attacked on;
  on.withstand([](std::uint32_t number) { return make_segment(number, flag::ack); });
  EXPECT_GT(on.answers, 20U);
  EXPECT_LT(on.slowest, usual);
  EXPECT_LE(on.most_half_open, 4U);
  EXPECT_LT(on.most_memory, most_memory);
  EXPECT_GT(on.counted("tcp_segments_dropped_total{device=\"tcp\",reason=\"no_connection\"}"), 50'000U);
  EXPECT_LT(on.counted("tcp_resets_sent_total"), 5000U) << "a thousand a second";
}

// Of SYNs, too, so that cookies are in use and acknowledgements are looked at.
TEST(attack, a_flood_of_guessed_cookies) {
  attacked on;
  on.withstand(
      [](std::uint32_t number) { return make_segment(number, number % 2 == 0 ? flag::syn : flag::ack); });
  EXPECT_GT(on.answers, 20U);
  EXPECT_LT(on.slowest, usual);
  EXPECT_LE(on.most_half_open, half_open + 1);
  EXPECT_GT(on.counted("tcp_connections_refused_total{device=\"tcp\",reason=\"cookie\"}"), 10'000U);
}

TEST(attack, a_flood_of_resets_and_oddities) {
  attacked on;
  on.withstand([](std::uint32_t number) { return make_segment(number, static_cast<std::uint8_t>(number)); });
  EXPECT_GT(on.answers, 20U);
  EXPECT_LT(on.slowest, usual);
}

TEST(attack, a_flood_of_fragments) {
  attacked on;
  on.withstand([](std::uint32_t number) { return make_fragment(number, 512); });
  EXPECT_GT(on.answers, 20U);
  EXPECT_LT(on.slowest, usual);
  EXPECT_LT(on.most_memory, most_memory);
  EXPECT_GT(on.counted("ipv4_reassembly_failed_total{device=\"ipv4\",reason=\"evicted\"}"), 50'000U);
}

}  // namespace
}  // namespace mirage
