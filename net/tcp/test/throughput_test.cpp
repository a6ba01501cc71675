// SPDX-License-Identifier: ISC
// How fast a transfer goes over a bottleneck, in virtual time: at least 0.8 of what the link, the buffers, or
// Mathis' bound for the loss allow, where the receiver delays acknowledgements (Mathis et al. 1997, table 1),
// and slow start with the initial window takes its time. A smaller version of the grid that the simulator's
// scenarios run.
#include <cmath>
#include <cstdlib>

#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

constexpr double line = 100e6 / 8;  // bytes a second
constexpr std::size_t size = 10 << 20;
constexpr unsigned seeds = 2;

struct cell {
  duration round_trip;
  double loss;
  double reordering;
  std::uint32_t buffer;
};

struct outcome {
  double seconds;
  double ideal;
  [[nodiscard]] double share() const { return ideal / seconds; }
};

/// A drop-tail queue of one bandwidth-delay product before the line.
link_options bottleneck(duration round_trip) {
  link_options link;
  link.delay = round_trip / 2;
  link.rate = line;
  const double rtt = static_cast<double>(round_trip.count()) * 1e-9;
  link.queue = std::max<std::size_t>(65536, static_cast<std::size_t>(line * rtt));
  return link;
}

outcome transfer(const cell& of, congestion_algorithm algorithm, std::uint64_t seed) {
  link_options link = bottleneck(of.round_trip);
  link.loss = of.loss;
  link.reordering = of.reordering;
  link.late = of.round_trip / 4;
  const double rtt = static_cast<double>(of.round_trip.count()) * 1e-9;
  tcp_options options;
  options.congestion = algorithm;
  options.send_buffer_limit = of.buffer;
  options.receive_buffer_limit = of.buffer;
  options.send_buffer = options.receive_buffer = std::min<std::uint32_t>(of.buffer, 65536);
  two_cores both(link, options, seed);
  both.client().to_write = std::string(size, 'x');
  both.client().shuts_down = both.server().shuts_down = true;
  both.connect();
  const instant begin = both.now;
  const bool done = both.run_until([&] { return both.server().saw_end; }, 2h);
  EXPECT_TRUE(done) << both.story();
  EXPECT_EQ(both.server().got.size(), size);
  double bound = line * 1448 / 1520;
  if (of.loss > 0) bound = std::min(bound, 1448 / rtt * std::sqrt(0.75 / of.loss));
  bound = std::min(bound, of.buffer / rtt);
  const double rounds = 2 + std::max(0.0, std::log2(bound * rtt / (10 * 1448)));
  return {static_cast<double>((both.now - begin).count()) * 1e-9,
          static_cast<double>(size) / bound + rounds * rtt};
}

TEST(slow_start, does_not_overflow_a_queue_of_one_window) {
  for (const duration round_trip : {duration(10ms), duration(40ms), duration(100ms)}) {
    for (const std::uint32_t at_once : {0u, 65535u}) {
      path way;
      way.segment_bytes = at_once;
      way.slices = 16;
      two_cores both(bottleneck(round_trip), {}, 1, way);
      both.client().to_write = std::string(size, 'x');
      both.client().shuts_down = both.server().shuts_down = true;
      both.connect();
      ASSERT_TRUE(both.run_until([&] { return both.server().saw_end; }, 10s)) << both.story();
      EXPECT_EQ(both.counted.retransmitted.value(), 0u)
          << "a round trip of " << round_trip / 1ms << " ms, " << at_once << " bytes at once";
    }
  }
}

class throughput : public testing::TestWithParam<congestion_algorithm> {};

TEST_P(throughput, reaches_most_of_what_the_path_allows) {
  for (const duration round_trip : {duration(1ms), duration(10ms), duration(100ms)}) {
    for (const double loss : {0.0, 0.001, 0.01, 0.02, 0.05}) {
      for (const double reordering : {0.0, 0.05}) {
        for (const std::uint32_t buffer : {65536u, 4u << 20}) {
          double sum = 0;
          for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const outcome got = transfer({round_trip, loss, reordering, buffer}, GetParam(), seed);
            sum += got.share();
          }
          char line_of_table[120];
          std::snprintf(line_of_table, sizeof line_of_table,
                        "rtt %3d ms loss %.3f late %.2f buffer %7u: %.2f", static_cast<int>(round_trip / 1ms),
                        loss, reordering, buffer, sum / seeds);
          if (std::getenv("MIRAGE_TABLE") != nullptr) std::puts(line_of_table);
          // With half the window gone at each loss, a lost retransmission is often the last thing on the way.
          const bool hard = GetParam() == congestion_algorithm::new_reno && loss >= 0.05;
          EXPECT_GE(sum / seeds, hard ? 0.4 : 0.8) << line_of_table;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(tcp, throughput,
                         testing::Values(congestion_algorithm::cubic, congestion_algorithm::new_reno),
                         [](const auto& tested) {
                           return tested.param == congestion_algorithm::cubic ? "cubic" : "new_reno";
                         });

}  // namespace
}  // namespace mirage::tcp_protocol
