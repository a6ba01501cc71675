// SPDX-License-Identifier: ISC
#include "mirage/memory/clock.hpp"

#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/clock_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

template <class Clock>
struct clocks : test::virtual_subject {
  using wall_clock = Clock;
  using monotonic_clock = Clock;
  Clock& device() { return clock_; }
  task<> pass(duration length) {
    if constexpr (requires { clock_.advance(length); })
      clock_.advance(length);
    else
      co_await sleep_for(length);
  }

 private:
  static Clock make() {
    if constexpr (std::same_as<Clock, memory::fixed_wall_clock>)
      return Clock(test::virtual_wall_start);
    else
      return Clock();
  }
  Clock clock_ = make();
};
MIRAGE_CONFORMANCE(wall_clock_suite, memory_fixed, clocks<memory::fixed_wall_clock>);
MIRAGE_CONFORMANCE(wall_clock_suite, memory_node, clocks<memory::node_wall_clock>);
MIRAGE_CONFORMANCE(monotonic_clock_suite, memory_fixed, clocks<memory::fixed_monotonic_clock>);
MIRAGE_CONFORMANCE(monotonic_clock_suite, memory_node, clocks<memory::node_monotonic_clock>);

TEST(fixed_wall_clock, is_what_it_is_set_to) {
  memory::fixed_wall_clock clock(wall_time{5s});
  EXPECT_EQ(clock.now(), wall_time{5s});
  clock.advance(-2s);
  EXPECT_EQ(clock.now(), wall_time{3s}) << "a wall clock may be set back";
  clock.set(wall_time{7s});
  EXPECT_EQ(clock.now(), wall_time{7s});
}

TEST(fixed_monotonic_clock_death, does_not_run_back) {
  EXPECT_DEATH_IF_SUPPORTED(
      {
        test::virtual_node node;
        memory::fixed_monotonic_clock clock;
        clock.advance(-1ns);
      },
      "set back");
}

}  // namespace
}  // namespace mirage
