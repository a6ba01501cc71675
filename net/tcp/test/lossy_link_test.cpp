// SPDX-License-Identifier: ISC
// Two cores over a link that loses, delays, reorders and duplicates: whatever happens, every byte that is
// delivered is right and in order, every connection ends, and all memory comes back.
#include <cstdlib>

#include "mirage/test/seeds.hpp"
#include "two_cores.hpp"

namespace mirage::tcp_protocol {
namespace {

struct weather {
  link_options link;
  tcp_options options;
  path way;
  std::size_t there = 0;
  std::size_t back = 0;
};

weather weather_of(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t bound) { return random() % bound; };
  weather made;
  made.link.delay = duration(1ms) * (1 + below(80));
  made.link.loss = static_cast<double>(below(4) == 0 ? below(30) : below(8)) / 100;
  made.link.duplication = static_cast<double>(below(10)) / 100;
  made.link.reordering = static_cast<double>(below(20)) / 100;
  made.link.late = duration(1ms) * below(60);
  if (below(2) == 0) {
    made.link.rate = 100'000.0 * static_cast<double>(1 + below(100));
    made.link.queue = 20'000 + below(100'000);
  }
  made.link.mark = below(3) == 0 ? 0.02 : 0;
  made.options.sack = below(4) != 0;
  made.options.timestamps = below(4) != 0;
  made.options.window_scaling = below(4) != 0;
  made.options.ecn = below(2) == 0;
  made.options.congestion = below(2) == 0 ? congestion_algorithm::cubic : congestion_algorithm::new_reno;
  made.options.receive_buffer = static_cast<std::uint32_t>(4096 << below(6));
  made.options.receive_buffer_limit = made.options.receive_buffer * 16;
  made.options.send_buffer = static_cast<std::uint32_t>(4096 << below(6));
  made.options.user_timeout = 24h;
  made.way.mtu = static_cast<std::uint32_t>(576 + below(1500));
  made.way.segment_bytes = below(2) == 0 ? 65535 : 0;
  made.way.slices = static_cast<std::uint32_t>(below(3) * 8);
  made.there = below(100'000);
  made.back = below(2) == 0 ? below(100'000) : 0;
  return made;
}

void run(std::uint64_t seed) {
  const weather how = weather_of(seed);
  std::mt19937_64 random(seed);
  two_cores both(how.link, how.options, seed, how.way, static_cast<std::uint32_t>(random()),
                 static_cast<std::uint32_t>(random()));
  both.client().to_write = test::pattern(how.there, static_cast<unsigned>(seed));
  both.server().to_write = test::pattern(how.back, static_cast<unsigned>(seed + 1));
  both.client().shuts_down = both.server().shuts_down = true;
  both.connect();
  const auto is_done = [&] { return both.client().saw_end && both.server().saw_end; };
  ASSERT_TRUE(both.run_until(is_done, 4h)) << "seed " << seed << " does not end\n"
                                           << both.story(std::getenv("MIRAGE_SEED") != nullptr ? 100000 : 40);
  ASSERT_TRUE(both.server().got == both.client().to_write) << "seed " << seed;
  ASSERT_TRUE(both.client().got == both.server().to_write) << "seed " << seed;
  both.run_for(1h);
  ASSERT_EQ(both.client_core().current(), state::closed) << "seed " << seed;
  ASSERT_EQ(both.server_core().current(), state::closed) << "seed " << seed;
  ASSERT_EQ(both.shared.chunks.live(), 0u) << "seed " << seed;
  ASSERT_EQ(both.shared.segments.live(), 0u) << "seed " << seed;
  ASSERT_EQ(both.shared.ranges.live(), 0u) << "seed " << seed;
  ASSERT_EQ(both.shared.out_of_order, 0u) << "seed " << seed;
}

TEST(lossy_link, a_thousand_seeds_deliver_every_byte_and_end) {
  const char* const chosen = std::getenv("MIRAGE_SEED");
  if (chosen != nullptr) return run(std::strtoull(chosen, nullptr, 10));
  const std::uint64_t last = test::seeds(1000);
  for (std::uint64_t seed = 1; seed <= last && !testing::Test::HasFatalFailure(); ++seed) run(seed);
}

}  // namespace
}  // namespace mirage::tcp_protocol
