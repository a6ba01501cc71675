// SPDX-License-Identifier: ISC
// Prints the table of README.md, a line a cell. Status 1: a transfer did not end, delivered something wrong,
// or was slower than is promised; standard error says which.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include "mirage/simulation/link.hpp"
#include "mirage/simulation/local_world.hpp"
#include "mirage/simulation/network.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/virtual_node.hpp"

namespace {

using namespace mirage;

constexpr std::uint64_t bandwidth = 100'000'000;
constexpr std::size_t total = 10 << 20;
constexpr std::size_t piece = 16384;      // that the application writes at once
constexpr double initial_window = 10;     // segments
constexpr double payload = 1448;          // of a full segment with timestamps
constexpr double on_the_wire = 1514;      // of its frame
constexpr double least_share = 0.8;       // of what the path allows ...
constexpr double loss_of_promise = 0.05;  // ... up to this loss
constexpr duration longest_gap = 3s;
constexpr unsigned burst = 3;  // frames, on average
constexpr duration burst_passes = 10ms;
constexpr std::uint64_t seeds = 3;

struct cell {
  duration round_trip;
  double loss;
  bool bursty;
  double reorder;
  std::uint32_t buffer;
};

struct outcome {
  bool whole = false;
  duration took{};  // from the handshake to the end
  duration gap{};   // the longest time without a delivery
};

std::vector<std::byte> make_text() {
  std::vector<std::byte> made(total);
  for (std::size_t i = 0; i < total; ++i) made[i] = static_cast<std::byte>(i * 7 + i / 251);
  return made;
}
const std::vector<std::byte> text = make_text();  // what is sent

/// One end of the wire.
struct host {
  host(simulation::port& port, const mac_address& mac, const ipv4_prefix& address, const tcp_options& options)
      : network(port, mac, {.offload = simulation::offloads::all()}),
        layers(network, {.address = address}, options) {}

  simulation::network network;
  test::direct_host<simulation::network> layers;
};

task<> send(host& from, endpoint to) {
  auto flow = co_await from.layers.tcp_layer.connect(to);
  if (!flow) co_return;
  for (std::size_t sent = 0; sent < total;) {
    buffer part = buffer::allocate(std::min(piece, total - sent));
    if (!part) co_return;
    std::ranges::copy(cbytes(text).subspan(sent, part.size()), part.writable().begin());
    sent += part.size();
    auto written = co_await flow->write(std::move(part));
    if (!written) co_return;
  }
  co_await flow->close();
}

task<outcome> receive(tcp_listener& listener) {
  outcome result;
  auto flow = co_await listener.accept();
  if (!flow) co_return result;
  const instant begin = os::now();
  instant last = begin;
  std::size_t position = 0;
  while (true) {
    auto part = co_await flow->read();
    if (!part) co_return result;
    result.gap = std::max(result.gap, os::now() - last);
    last = os::now();
    if (part->empty()) break;
    if (total - position < part->size()) co_return result;
    if (std::memcmp(part->view().data(), text.data() + position, part->size()) != 0) co_return result;
    position += part->size();
  }
  result.whole = position == total;
  result.took = os::now() - begin;
  co_await flow->close();
  co_return result;
}

task<outcome> transfer(host& client, host& server) {
  auto one = co_await client.layers.ipv4_layer.start();
  auto other = co_await server.layers.ipv4_layer.start();
  if (!one || !other) co_return outcome{};
  auto listener = server.layers.tcp_layer.listen({{}, 80});
  if (!listener) co_return outcome{};
  scope sending;
  auto spawned = sending.spawn("sender", send(client, {ipv4_address("10.0.0.2"), 80}));
  if (!spawned) co_return outcome{};
  auto result = co_await receive(*listener);
  co_await sending.join();
  co_await client.layers.tcp_layer.stop();
  co_await server.layers.tcp_layer.stop();
  co_return result;
}

outcome run(const cell& of, std::uint64_t seed) {
  test::virtual_node node({}, seed);
  simulation::local_world world(seed);
  const double delay_product =
      static_cast<double>(bandwidth) / 8 * std::chrono::duration<double>(of.round_trip).count();
  simulation::pipe_options options;
  options.bandwidth = bandwidth;
  options.delay = of.round_trip / 2;
  options.queue = std::max<std::size_t>(65536, static_cast<std::size_t>(delay_product));
  if (of.bursty) {
    options.bursts = simulation::burst_loss::of(of.loss, burst);
    options.bursts.silence = burst_passes;
  } else {
    options.loss = of.loss;
  }
  options.reorder = of.reorder;
  options.reorder_by = of.round_trip / 4;
  simulation::link wire(world, "wire", options);
  tcp_options tcp;
  tcp.send_buffer = tcp.receive_buffer = std::min<std::uint32_t>(tcp.send_buffer, of.buffer);
  tcp.user_timeout = 1h;  // a fifth of all frames lost is no reason to give up
  tcp.send_buffer_limit = tcp.receive_buffer_limit = of.buffer;
  host client(wire.left(), "02:00:00:00:00:01", ipv4_prefix("10.0.0.1/24"), tcp);
  host server(wire.right(), "02:00:00:00:00:02", ipv4_prefix("10.0.0.2/24"), tcp);
  return node.run(transfer(client, server), 100h);
}

/// Seconds that the path makes it take: by the link, or a send buffer a round trip (of which a piece may
/// always be on its way to the buffer), or Mathis' bound where each second segment is acknowledged; and slow
/// start up to there.
double least_time(const cell& of) {
  const double round_trip = std::chrono::duration<double>(of.round_trip).count();
  double rate = static_cast<double>(bandwidth) / 8 * payload / on_the_wire;
  rate = std::min(rate, static_cast<double>(of.buffer - piece) / round_trip);
  if (of.loss > 0) rate = std::min(rate, payload / round_trip * std::sqrt(0.75 / of.loss));
  const double window = rate * round_trip / payload;
  const double rounds = window > initial_window ? std::log2(window / initial_window) : 0;
  return total / rate + (rounds + 1) * round_trip;
}

/// All seeds together.
outcome run(const cell& of) {
  outcome sum{.whole = true};
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const outcome one = run(of, seed);
    sum.whole &= one.whole;
    sum.took += one.took / seeds;
    sum.gap = std::max(sum.gap, one.gap);
  }
  return sum;
}

bool show(const cell& of) {
  const outcome got = run(of);
  const double seconds = std::chrono::duration<double>(got.took).count();
  const double rate = seconds > 0 ? total / seconds : 0;
  const double share = seconds > 0 ? least_time(of) / seconds : 0;
  char line[160];
  std::snprintf(line, sizeof line,
                "%4lld ms  %5.1f %% %-7s  %2.0f %% late  %4u KiB  %10.3f s  %7.2f Mbit/s  %5.2f  %8.3f s",
                static_cast<long long>(of.round_trip / 1ms), of.loss * 100,
                of.loss == 0 ? ""
                : of.bursty  ? "bursts"
                             : "single",
                of.reorder * 100, of.buffer / 1024, seconds, rate * 8 / 1e6, share,
                std::chrono::duration<double>(got.gap).count());
  std::puts(line);
  const char* wrong = nullptr;
  if (!got.whole) wrong = "it did not arrive whole";
  if (got.gap > longest_gap) wrong = "nothing was delivered for too long";
  if (of.loss <= loss_of_promise && share < least_share) wrong = "it is slower than the path allows";
  if (wrong != nullptr) std::fprintf(stderr, "%s: %s\n", line, wrong);
  return wrong == nullptr;
}

}  // namespace

int main() {
  std::puts("  RTT     loss            reordered  buffers        time          rate  share  longest gap");
  bool good = true;
  for (const duration round_trip : {duration(1ms), duration(10ms), duration(100ms)}) {
    for (const double loss : {0.0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2}) {
      for (const bool bursty : {false, true}) {
        if (loss == 0 && bursty) continue;
        for (const double reorder : {0.0, 0.05}) {
          for (const std::uint32_t buffer : {64U << 10, 512U << 10, 4U << 20}) {
            good &= show({round_trip, loss, bursty, reorder, buffer});
          }
        }
      }
    }
  }
  return good ? 0 : 1;
}
