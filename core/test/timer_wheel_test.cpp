// SPDX-License-Identifier: ISC
// The wheel against a sorted map that does the same: seeded, millions of operations.
#include <mirage/core/timer_wheel.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include <mirage/test/seeds.hpp>

namespace mirage {
namespace {

constexpr std::int64_t tick = 1024;  // nanoseconds

instant at(std::int64_t nanoseconds) { return instant{duration{nanoseconds}}; }

std::size_t length(list& of) {
  std::size_t count = 0;
  of.for_each([&](list_link&) { ++count; });
  return count;
}

struct wheel_of_timers : testing::Test {
  timer_wheel wheel;
  list due;
  std::array<timer, 4> timers;

  void insert(timer& entry, std::int64_t deadline) {
    entry.deadline = at(deadline);
    wheel.insert(entry);
  }
  /// How many came due by `now`.
  std::size_t advance(std::int64_t now) {
    wheel.advance(at(now), due);
    const std::size_t count = length(due);
    while (!due.empty()) due.pop_front();
    return count;
  }
};

TEST_F(wheel_of_timers, an_empty_one_wants_nothing) {
  EXPECT_EQ(wheel.next_deadline(), never);
  EXPECT_EQ(advance(1'000'000'000), 0U);
  EXPECT_EQ(wheel.next_deadline(), never);
}

TEST_F(wheel_of_timers, fires_never_early_and_at_most_a_tick_late) {
  for (const std::int64_t deadline :
       {1L, 1023L, 1024L, 1025L, 65536L, 1'000'000L, 4'194'304L, 999'999'999L}) {
    timer_wheel fresh;
    timer entry;
    entry.deadline = at(deadline);
    fresh.insert(entry);
    fresh.advance(at(deadline - 1), due);
    EXPECT_TRUE(due.empty()) << deadline;
    fresh.advance(at(deadline + tick - 1), due);
    EXPECT_EQ(length(due), 1U) << deadline;
    while (!due.empty()) due.pop_front();
  }
}

TEST_F(wheel_of_timers, what_is_past_already_is_due_at_the_next_tick) {
  EXPECT_EQ(advance(10 * tick), 0U);
  insert(timers[0], 3 * tick);
  insert(timers[1], 10 * tick);
  insert(timers[2], -5);
  EXPECT_EQ(advance(10 * tick), 0U);
  EXPECT_LE(wheel.next_deadline(), at(11 * tick));
  EXPECT_EQ(advance(11 * tick), 3U);
}

TEST_F(wheel_of_timers, time_that_runs_back_does_nothing) {
  EXPECT_EQ(advance(100 * tick), 0U);
  insert(timers[0], 101 * tick);
  EXPECT_EQ(advance(50 * tick), 0U);
  EXPECT_EQ(advance(101 * tick), 1U);
}

TEST_F(wheel_of_timers, a_cancelled_one_does_not_come) {
  insert(timers[0], 70 * tick);
  insert(timers[1], 70 * tick);
  insert(timers[2], 5000 * tick);
  timers[0].unlink();
  timers[2].unlink();
  EXPECT_EQ(advance(100'000 * tick), 1U);
  EXPECT_EQ(wheel.next_deadline(), never);
}

TEST_F(wheel_of_timers, gives_them_in_the_order_of_their_deadlines) {
  insert(timers[0], 5'000'000'000);
  insert(timers[1], 20 * tick);
  insert(timers[2], 7'000'000);
  insert(timers[3], 70 * tick);
  wheel.advance(at(6'000'000'000), due);
  for (timer* expected : {&timers[1], &timers[3], &timers[2], &timers[0]}) {
    ASSERT_FALSE(due.empty());
    EXPECT_EQ(&due.pop_front(), expected);
  }
}

// 64^8 ticks are nine years: what is later waits in the last level and comes round once more.
TEST_F(wheel_of_timers, deadlines_beyond_the_horizon_come_at_their_time) {
  constexpr std::int64_t horizon = tick << 48;
  for (const std::int64_t start : {std::int64_t{0}, horizon / 3, horizon - 5 * tick, horizon * 7 / 2}) {
    timer_wheel fresh;
    fresh.advance(at(start), due);
    std::array<timer, 3> far;
    const std::array<std::int64_t, 3> deadlines{start + horizon - 1, start + horizon + 77 * tick,
                                                start + 4 * horizon};
    for (std::size_t i = 0; i < far.size(); ++i) {
      far[i].deadline = at(deadlines[i]);
      fresh.insert(far[i]);
    }
    std::size_t fired = 0;
    for (int steps = 0; fired < far.size() && steps < 1000; ++steps) {
      const instant next = fresh.next_deadline();
      ASSERT_LE(next, at(deadlines[fired] + tick)) << start;
      fresh.advance(next, due);
      while (!due.empty()) {
        EXPECT_EQ(&due.pop_front(), &far[fired]);
        EXPECT_GE(next, at(deadlines[fired]));
        ++fired;
      }
    }
    EXPECT_EQ(fired, far.size());
  }
}

TEST_F(wheel_of_timers, the_last_instants_of_the_clock_are_deadlines_like_others) {
  insert(timers[0], never.time_since_epoch().count() - 1);
  const instant next = wheel.next_deadline();
  EXPECT_LT(next, never);
  EXPECT_EQ(advance(never.time_since_epoch().count() - 5000 * tick), 0U);
}

/// A wheel and the map that says what it must do.
class model {
 public:
  explicit model(std::uint64_t seed) : random_(seed), timers_(std::make_unique<entry[]>(count)) {}

  void step() {
    entry& chosen = timers_[random_() % count];
    if (chosen.linked())
      cancel(chosen);
    else
      insert(chosen);
    if (random_() % 8 == 0) advance();
  }
  [[nodiscard]] std::uint64_t fired() const { return fired_; }

 private:
  static constexpr std::size_t count = 2000;
  struct entry : timer {
    std::multimap<std::int64_t, entry*>::iterator place;
  };

  void insert(entry& chosen) {
    // Every length of time is as likely as every other, from a nanosecond to a century.
    const auto magnitude = static_cast<int>(random_() % 62);
    const auto length = static_cast<std::int64_t>(random_() >> (63 - magnitude)) - (magnitude < 5 ? 8 : 0);
    chosen.deadline = later(at(now_), duration{length});
    if (chosen.deadline == never) return;
    wheel_.insert(chosen);
    chosen.place = expected_.emplace(chosen.deadline.time_since_epoch().count(), &chosen);
  }
  void cancel(entry& chosen) {
    chosen.unlink();
    expected_.erase(chosen.place);
  }
  void advance() {
    const auto magnitude = static_cast<int>(random_() % (fired_ % 1000 == 0 ? 60 : 34));
    std::int64_t to = now_ + static_cast<std::int64_t>(random_() >> (63 - magnitude));
    // The wheel's own wish, too, as the loop asks for it.
    const std::int64_t wish = wheel_.next_deadline().time_since_epoch().count();
    if (!expected_.empty()) {
      ASSERT_LE(wish, std::max(expected_.begin()->first, now_) + 2 * tick);
      if (random_() % 2 == 0) to = wish;
    }
    if (to > std::int64_t{1} << 61) return;
    now_ = std::max(now_, to);
    wheel_.advance(at(now_), due_);
    check_due();
  }
  void check_due() {
    while (!due_.empty()) {
      auto& fired = static_cast<entry&>(due_.pop_front());
      ASSERT_LE(fired.place->first, now_) << "fired early";
      expected_.erase(fired.place);
      ++fired_;
    }
    // Whatever is left is not due, but for the tick that runs.
    if (!expected_.empty()) ASSERT_GT(expected_.begin()->first + 2 * tick, now_) << "fired late";
  }

  std::mt19937_64 random_;
  timer_wheel wheel_;
  list due_;
  std::multimap<std::int64_t, entry*> expected_;
  std::unique_ptr<entry[]> timers_;
  std::int64_t now_ = 0;
  std::uint64_t fired_ = 0;
};

TEST(timer_wheel, does_over_millions_of_operations_what_a_sorted_map_does) {
  for (std::uint64_t seed = 1; seed <= test::seeds(4); ++seed) {
    model both(seed);
    for (int i = 0; i < 1'000'000; ++i) {
      both.step();
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed << ", step " << i;
    }
    EXPECT_GT(both.fired(), 20'000U);
  }
}

}  // namespace
}  // namespace mirage
