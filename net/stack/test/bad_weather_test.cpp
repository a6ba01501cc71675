// SPDX-License-Identifier: ISC
// Two whole hosts at the ends of a cable on which everything goes wrong at once: frames are lost, damaged,
// late, doubled and too many, and now and then the cable is out. Every byte that is delivered is right and in
// order, every connection ends, and all memory comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/simulation/link.hpp"
#include "mirage/simulation/local_world.hpp"
#include "mirage/simulation/network.hpp"
#include "mirage/test/dual_host.hpp"
#include "mirage/test/seeds.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using host_type = test::dual_host<simulation::network>;

constexpr std::uint16_t port = 80;
constexpr ipv4_prefix client4 = "10.0.0.1/24";
constexpr ipv4_prefix server4 = "10.0.0.2/24";
constexpr ipv6_prefix client6 = "2001:db8::1/64";
constexpr ipv6_prefix server6 = "2001:db8::2/64";
constexpr unsigned connections = 4;
constexpr unsigned most_tries = 100;

struct weather {
  simulation::pipe_options there;
  simulation::pipe_options back;
  simulation::offloads offload;
  tcp_options tcp;
  std::size_t question = 0;  // bytes to the server
  std::size_t answer = 0;    // and from it
  unsigned outages = 0;
};

class weather_maker {
 public:
  explicit weather_maker(std::uint64_t seed) : random_(seed) {}

  weather make() {
    weather made;
    made.there = way();
    made.back = way();
    made.back.mtu = made.there.mtu;
    if (below(2) == 0) made.offload = simulation::offloads::all();
    made.tcp.sack = below(4) != 0;
    made.tcp.timestamps = below(4) != 0;
    made.tcp.ecn = below(2) == 0;
    made.tcp.receive_buffer = static_cast<std::uint32_t>(4096 << below(5));
    made.tcp.send_buffer = static_cast<std::uint32_t>(4096 << below(5));
    made.tcp.user_timeout = made.tcp.connect_timeout = 24h;
    made.question = below(60'000);
    made.answer = below(60'000);
    made.outages = static_cast<unsigned>(below(4));
    return made;
  }

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

 private:
  simulation::pipe_options way() {
    simulation::pipe_options made;
    made.delay = below(50) * duration(1ms);
    made.jitter = below(10) * duration(1ms);
    made.mtu = static_cast<std::uint32_t>(1280 + below(221));
    if (below(2) == 0) {
      made.bandwidth = (1 + below(50)) * 1'000'000;
      made.queue = 20'000 + below(100'000);
    }
    made.loss = chance(8);
    if (below(3) == 0) made.bursts = simulation::burst_loss::of(chance(4), 3);
    made.reorder = chance(20);
    made.duplicate = chance(10);
    made.corrupt = chance(3);
    return made;
  }
  double chance(std::uint64_t percent) { return static_cast<double>(below(1000 * percent)) / 100'000; }

  std::mt19937_64 random_;
};

std::byte byte_at(std::size_t position, unsigned salt) noexcept {
  return static_cast<std::byte>(position * 7 + position / 251 + salt);
}

/// False where it is no more possible.
task<bool> send(tcp_flow& flow, std::size_t total, unsigned salt) {
  constexpr std::size_t piece = 5000;
  for (std::size_t sent = 0; sent < total;) {
    buffer part = buffer::allocate(std::min(piece, total - sent));
    for (std::byte& each : part.writable()) each = byte_at(sent++, salt);
    auto written = co_await flow.write(std::move(part));
    if (!written) co_return false;
  }
  co_return true;
}

/// How much came; stops at `total`, at the end, and where a byte is wrong.
task<std::size_t> receive(tcp_flow& flow, std::size_t total, unsigned salt) {
  std::size_t position = 0;
  while (position < total) {
    auto part = co_await flow.read();
    if (!part || part->empty()) break;
    for (const std::byte each : part->view()) {
      EXPECT_EQ(each, byte_at(position, salt)) << "byte " << position;
      if (each != byte_at(position++, salt)) co_return 0;
    }
  }
  co_return position;
}

class bad_weather {
 public:
  explicit bad_weather(std::uint64_t seed)
      : chance_(seed),
        is_(chance_.make()),
        node_({}, seed),
        world_(seed),
        cable_(world_, "cable", is_.there, is_.back) {}

  void run() {
    node_.run(exchange(), 24h);
    EXPECT_EQ(ended_, connections);
    EXPECT_EQ(node_.buffers.live(), 0u);
  }

 private:
  task<> exchange() {
    const simulation::network_options device{.offload = is_.offload};
    simulation::network network(cable_.left(), "02:00:00:00:00:01", device);
    simulation::network other_network(cable_.right(), "02:00:00:00:00:02", device);
    host_type client(network, {.address = client4}, {.address = client6}, is_.tcp);
    host_type server(other_network, {.address = server4}, {.address = server6}, is_.tcp);
    co_await start(client);
    co_await start(server);
    {
      scope serving;
      scope asking;
      EXPECT_TRUE(serving.spawn("serve", serve(server, serving)));
      EXPECT_TRUE(serving.spawn("outages", break_down()));
      for (unsigned i = 0; i < connections; ++i) EXPECT_TRUE(asking.spawn("ask", ask(client, i)));
      co_await asking.join();
    }
    co_await client.tcp_layer.stop();
    co_await server.tcp_layer.stop();
  }

  static task<> start(host_type& host) {
    auto four = co_await host.ipv4_layer.start();
    auto six = co_await host.ipv6_layer.start();
    EXPECT_TRUE(four && six);
    co_await host.ipv6_layer.settled();
  }

  task<> break_down() {
    for (unsigned i = 0; i < is_.outages; ++i) {
      co_await sleep_for(chance_.below(5000) * duration(1ms));
      cable_.set_up(false);
      co_await sleep_for(chance_.below(3000) * duration(1ms));
      cable_.set_up(true);
    }
  }

  task<> serve(host_type& host, scope& serving) {
    auto listener = host.tcp_layer.listen({{}, port});
    EXPECT_TRUE(listener);
    while (listener) {
      auto flow = co_await listener->accept();
      if (!flow) co_return;
      EXPECT_TRUE(serving.spawn("answer", answer(*std::move(flow))));
    }
  }
  task<> answer(tcp_flow flow) {
    const std::size_t came = co_await receive(flow, is_.question, 1);
    if (came == is_.question) co_await send(flow, is_.answer, 2);
    co_await flow.close();
  }

  // ARP has no checksum: a packet of it that was damaged leads astray for a minute, which is longer than the
  // other end waits for a handshake.
  task<> ask(host_type& host, unsigned number) {
    const ip_address to = number % 2 == 0 ? ip_address(server4.address()) : ip_address(server6.address());
    for (unsigned tries = 0; tries < most_tries; ++tries) {
      const bool whole = co_await ask_once(host, {to, port});
      if (whole) {
        ++ended_;
        co_return;
      }
      co_await sleep_for(1s);
    }
  }
  task<bool> ask_once(host_type& host, endpoint to) {
    auto flow = co_await host.tcp_layer.connect(to);
    if (!flow) co_return false;
    const bool sent = co_await send(*flow, is_.question, 1);
    if (!sent) co_return false;
    const std::size_t came = co_await receive(*flow, is_.answer, 2);
    co_await flow->close();
    co_return came == is_.answer;
  }

  weather_maker chance_;
  weather is_;
  test::virtual_node node_;
  simulation::local_world world_;
  simulation::link cable_;
  unsigned ended_ = 0;
};

TEST(bad_weather, a_thousand_seeds_deliver_every_byte_and_end) {
  const char* const chosen = std::getenv("MIRAGE_SEED");
  const std::uint64_t first = chosen == nullptr ? 1 : std::strtoull(chosen, nullptr, 10);
  const std::uint64_t last = chosen == nullptr ? test::seeds(1000) : first;
  for (std::uint64_t seed = first; seed <= last && !testing::Test::HasFailure(); ++seed) {
    const testing::ScopedTrace trace(__FILE__, __LINE__, "MIRAGE_SEED=" + std::to_string(seed));
    bad_weather(seed).run();
  }
}

}  // namespace
}  // namespace mirage
