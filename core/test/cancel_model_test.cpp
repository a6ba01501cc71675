// SPDX-License-Identifier: ISC
// Seeded chaos: tasks that wait for everything there is, in scopes in scopes, and cancel any scope they can
// reach, their own and those around them. Whatever happens, nothing is lost and nobody is where he must not
// be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <mirage/core/event.hpp>
#include <mirage/core/mutex.hpp>
#include <mirage/core/queue.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/semaphore.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/test/seeds.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct world {
  explicit world(std::uint64_t seed) : random(seed) {}
  std::mt19937_64 random;
  semaphore permits{3};
  int holders = 0;
  mutex section;
  bool inside = false;
  bounded_queue<std::shared_ptr<int>> items{4};
  std::shared_ptr<int> item = std::make_shared<int>(1);
  event happened;
  std::vector<scope*> scopes;
  std::uint64_t steps = 0;

  std::uint64_t below(std::uint64_t limit) { return random() % limit; }
  duration nap() { return duration{static_cast<std::int64_t>(below(2'000'000))}; }
};

/// A scope that others may find and cancel.
struct listed_scope {
  explicit listed_scope(world& of) : all(of.scopes) { all.push_back(&tasks); }
  listed_scope(const listed_scope&) = delete;
  listed_scope& operator=(const listed_scope&) = delete;
  ~listed_scope() { std::erase(all, &tasks); }
  std::vector<scope*>& all;
  scope tasks;
};

struct entered {
  explicit entered(world& of) : in(of) {
    EXPECT_FALSE(in.inside) << "two tasks are in one section";
    in.inside = true;
  }
  entered(const entered&) = delete;
  entered& operator=(const entered&) = delete;
  ~entered() { in.inside = false; }
  world& in;
};
struct held {
  explicit held(world& of) : in(of) { EXPECT_LE(++in.holders, 3) << "there are more permits than were made"; }
  held(const held&) = delete;
  held& operator=(const held&) = delete;
  ~held() { --in.holders; }
  world& in;
};

task<> live(world& in, int depth, int steps);

task<> spawn_some(world& in, int depth) {
  listed_scope inner(in);
  const auto count = in.below(4);
  for (std::uint64_t i = 0; i < count; ++i)
    EXPECT_TRUE(inner.tasks.spawn(live(in, depth - 1, static_cast<int>(in.below(4)))));
  switch (in.below(4)) {
    case 0: co_await inner.tasks.join(); break;
    case 1: co_await inner.tasks.join_one(); break;
    case 2: co_await inner.tasks.join_first(); break;
    default: co_await inner.tasks.join_until(later(os::now(), in.nap()));
  }
}

task<> use_permit(world& in, int depth) {
  const auto permit = co_await in.permits.acquire();
  const held one(in);
  co_await live(in, depth - 1, 1);
}

task<> use_section(world& in, int depth) {
  const auto lock = co_await in.section.lock();
  const entered alone(in);
  co_await live(in, depth - 1, 1);
}

task<> pop(world& in) {
  const auto item = co_await in.items.pop();
  EXPECT_EQ(item, in.item);
  co_await yield();
}

void cancel_one(world& in) {
  if (!in.scopes.empty()) in.scopes[static_cast<std::size_t>(in.below(in.scopes.size()))]->cancel();
}

task<> live(world& in, int depth, int steps) {
  for (int i = 0; i < steps; ++i) {
    ++in.steps;
    switch (in.below(depth > 0 ? 13 : 5)) {
      case 0: co_await yield(); break;
      case 1: co_await sleep_for(in.nap()); break;
      case 2: co_await in.items.push(in.item); break;
      case 3: co_await pop(in); break;
      case 4:
        if (in.below(2) == 0) in.happened.notify();
        co_await in.happened;
        break;
      case 5: co_await use_permit(in, depth); break;
      case 6: co_await use_section(in, depth); break;
      case 7: co_await with_timeout(in.nap(), live(in, depth - 1, 3)); break;
      case 8: co_await when_any(live(in, depth - 1, 1), live(in, depth - 1, 1)); break;
      case 9: co_await with_timeout(in.nap(), spawn_some(in, depth)); break;
      case 10: co_await spawn_some(in, depth); break;
      case 11: co_await when_all(live(in, depth - 1, 1), pop(in)); break;
      default: cancel_one(in);
    }
  }
}

// What waits for an event or an item would wait for ever if nobody moved.
task<> keep_going(world& in) {
  while (true) {
    co_await sleep_for(300us);
    in.happened.notify();
    if (in.below(2) == 0)
      static_cast<void>(in.items.try_pop());
    else if (auto copy = in.item; in.items.try_push(copy))
      copy = nullptr;
  }
}

void run(std::uint64_t seed, duration length) {
  test::virtual_node node;
  node.set_round_time(1us);
  world in(seed);
  {
    scope pump;
    ASSERT_TRUE(pump.spawn(keep_going(in)));
    listed_scope outer(in);
    const instant end = later(node.time(), length);
    while (node.time() < end) {
      while (outer.tasks.size() < 12) ASSERT_TRUE(outer.tasks.spawn(live(in, 5, 20)));
      node.advance(duration{static_cast<std::int64_t>(in.below(1'000'000))});
      // From outside of any task, too.
      if (in.below(20) == 0) cancel_one(in);
      ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed;
    }
    EXPECT_GT(in.steps, 1000U);
  }
  EXPECT_EQ(in.scopes.size(), 0U);
  EXPECT_EQ(in.permits.available(), 3U) << "seed " << seed;
  EXPECT_EQ(in.holders, 0);
  EXPECT_FALSE(in.section.locked()) << "seed " << seed;
  while (in.items.try_pop()) {
  }
  EXPECT_EQ(in.items.size(), 0U) << "an item is promised to nobody, seed " << seed;
  EXPECT_EQ(in.item.use_count(), 1) << "seed " << seed;
  EXPECT_EQ(node.tasks.tasks(), 0U) << "seed " << seed;
  EXPECT_EQ(node.frames.live(), 0U) << "seed " << seed;
}

TEST(cancel_model, nothing_is_lost_and_nobody_survives) {
  for (std::uint64_t seed = 1; seed <= test::seeds(60); ++seed) {
    run(seed, 300ms);
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace mirage
