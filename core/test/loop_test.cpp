// SPDX-License-Identifier: ISC
#include <mirage/core/loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <mirage/core/event.hpp>
#include <mirage/core/mutex.hpp>
#include <mirage/core/queue.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct device final : event_source {
  explicit device(std::function<bool()> on_poll) : handler(std::move(on_poll)) {}
  bool poll() noexcept override {
    ++polls;
    return handler();
  }
  std::function<bool()> handler;
  int polls = 0;
};

struct bell final : doorbell {
  void ring() noexcept override {
    ++rung;
    if (again != nullptr) again->ring_later(*this);
  }
  loop* again = nullptr;
  int rung = 0;
};

struct loops : testing::Test {
  test::virtual_node node;
  std::string log;
  scope running;
};

task<> spin(std::uint64_t& turns) {
  while (true) {
    ++turns;
    co_await yield();
  }
}

// ---- Rounds ------------------------------------------------------------------------------------------

TEST_F(loops, an_idle_one_wants_no_round) {
  EXPECT_EQ(node.step(), never);
  EXPECT_TRUE(node.tasks.idle());
}

TEST_F(loops, say_when_the_next_round_is_wanted) {
  ASSERT_TRUE(running.spawn([]() -> task<> {
    co_await yield();
    co_await sleep_for(10s);
  }));
  EXPECT_FALSE(node.tasks.idle());
  EXPECT_EQ(node.step(), node.time());
  const instant next = node.step();
  EXPECT_GT(next, node.time());
  EXPECT_LE(next, node.time() + 10s + 2us);
}

TEST_F(loops, run_those_that_were_ready_when_the_round_began) {
  event happened;
  for (const char name : {'a', 'b'}) {
    ASSERT_TRUE(running.spawn([&, name]() -> task<> {
      log += name;
      co_await happened;
      log += name;
    }));
  }
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    happened.set();
    log += '!';
    EXPECT_TRUE(running.spawn([&]() -> task<> {
      log += 'n';
      co_return;
    }));
    co_return;
  }));
  node.step();
  EXPECT_EQ(log, "ab!");
  node.step();
  EXPECT_EQ(log, "ab!abn");
}

TEST_F(loops, a_spinning_task_starves_neither_sleepers_nor_devices_nor_others) {
  node.set_round_time(1us);
  std::uint64_t turns = 0;
  std::uint64_t others = 0;
  std::vector<instant> woken;
  device nic([&] { return true; });
  ASSERT_TRUE(running.spawn("spin", spin(turns)));
  ASSERT_TRUE(running.spawn("spin", spin(others)));
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    for (int i = 0; i < 10; ++i) {
      co_await sleep_for(100us);
      woken.push_back(os::now());
    }
  }));
  node.report(nic);
  node.advance(2ms);
  ASSERT_EQ(woken.size(), 10U);
  EXPECT_LE(woken.back(), test::virtual_start + 1ms + 10 * 4us);
  EXPECT_NEAR(static_cast<double>(turns), static_cast<double>(others), 1);
  EXPECT_NEAR(nic.polls, static_cast<double>(turns), 3) << "one bounded batch a round";
  node.tasks.mark(nic);
  nic.unlink();
}

TEST_F(loops, count_what_they_do) {
  device nic([] { return false; });
  const auto before = node.tasks.counted();
  ASSERT_TRUE(running.spawn([]() -> task<> { co_await yield(); }));
  node.report(nic);
  node.step();
  node.step();
  const auto& after = node.tasks.counted();
  EXPECT_EQ(after.rounds - before.rounds, 2U);
  EXPECT_EQ(after.polls - before.polls, 1U);
  EXPECT_EQ(after.resumptions - before.resumptions, 2U);
}

TEST_F(loops, count_the_events_that_sources_tell_of) {
  device stream([] { return false; });
  device ring([&] {
    node.tasks.found(0);
    node.tasks.found(1);
    node.tasks.found(6);
    return false;
  });
  const auto before = node.tasks.counted();
  node.report(stream);
  node.report(ring);
  node.step();
  const auto& after = node.tasks.counted();
  EXPECT_EQ(after.polls - before.polls, 2U);
  EXPECT_EQ(after.events - before.events, 7U);
}

TEST_F(loops, forget_a_task_that_was_cancelled_while_it_was_ready) {
  scope others;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    others.cancel();
    co_return;
  }));
  ASSERT_TRUE(others.spawn([&]() -> task<> {
    log += "ran";
    co_return;
  }));
  node.settle();
  EXPECT_EQ(log, "");
}

// ---- Devices -----------------------------------------------------------------------------------------

TEST_F(loops, poll_a_source_once_a_round_as_long_as_it_has_more) {
  int left = 3;
  device nic([&] { return --left > 0; });
  node.report(nic);
  EXPECT_EQ(node.step(), node.time()) << "more is waiting";
  EXPECT_EQ(nic.polls, 1);
  node.settle();
  EXPECT_EQ(nic.polls, 3);
  EXPECT_EQ(node.step(), never);
}

TEST_F(loops, polling_comes_before_the_tasks_of_the_round) {
  event arrived;
  device nic([&] {
    log += 'p';
    arrived.set();
    return false;
  });
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    co_await arrived;
    log += 't';
  }));
  node.settle();
  node.report(nic);
  node.step();
  EXPECT_EQ(log, "pt");
}

TEST_F(loops, a_source_that_marks_another_does_not_take_its_turn) {
  device second([&] {
    log += '2';
    return false;
  });
  device first([&] {
    log += '1';
    node.tasks.mark(second);
    return true;
  });
  node.report(first);
  node.report(second);
  node.report(first);
  for (int i = 0; i < 3; ++i) node.step();
  EXPECT_EQ(log, "12121");
  first.unlink();
}

TEST_F(loops, a_source_may_leave_while_another_is_polled) {
  device second([] { return true; });
  device first([&] {
    second.unlink();
    return false;
  });
  node.report(first);
  node.report(second);
  node.settle();
  EXPECT_EQ(second.polls, 0);
}

TEST_F(loops, ring_each_doorbell_once_a_round) {
  bell ring_of_nic;
  ASSERT_TRUE(running.spawn([&]() -> task<> {
    for (int i = 0; i < 100; ++i) node.tasks.ring_later(ring_of_nic);
    EXPECT_EQ(ring_of_nic.rung, 0) << "at the end of the round";
    co_await yield();
    node.tasks.ring_later(ring_of_nic);
  }));
  node.step();
  EXPECT_EQ(ring_of_nic.rung, 1);
  node.settle();
  EXPECT_EQ(ring_of_nic.rung, 2);
}

TEST_F(loops, a_doorbell_asked_for_while_it_rings_rings_in_the_next_round) {
  bell ring_of_nic;
  ring_of_nic.again = &node.tasks;
  node.tasks.ring_later(ring_of_nic);
  EXPECT_EQ(node.step(), node.time());
  EXPECT_EQ(ring_of_nic.rung, 1);
  ring_of_nic.again = nullptr;
  EXPECT_EQ(node.step(), never);
  EXPECT_EQ(ring_of_nic.rung, 2);
}

TEST_F(loops, a_doorbell_that_dies_is_not_rung) {
  {
    bell short_lived;
    node.tasks.ring_later(short_lived);
  }
  EXPECT_EQ(node.step(), never);
}

// ---- The list of live tasks --------------------------------------------------------------------------

TEST_F(loops, list_the_live_tasks_with_what_each_waits_for) {
  event happened;
  mutex section;
  bounded_queue<int> items(1);
  scope all;
  const auto nested = [](duration length) -> task<> { co_await sleep_for(length); };
  ASSERT_TRUE(all.spawn("holder", [&]() -> task<> {
    const auto lock = co_await section.lock();
    co_await happened;
  }));
  ASSERT_TRUE(all.spawn("second", [&]() -> task<> { const auto lock = co_await section.lock(); }));
  ASSERT_TRUE(all.spawn("reader", [&]() -> task<> {
    const int item = co_await items.pop();
    co_await items.push(item);
    co_await items.push(item);
  }));
  ASSERT_TRUE(all.spawn("timed", [&]() -> task<> { co_await with_timeout(1h, nested(2h)); }));
  ASSERT_TRUE(all.spawn("parent", [&]() -> task<> {
    scope children;
    EXPECT_TRUE(children.spawn("child", nested(5h)));
    co_await children.join();
  }));
  EXPECT_EQ(node.live_tasks(),
            "0 holder: ready\n0 second: ready\n0 reader: ready\n0 timed: ready\n0 parent: ready\n");
  node.settle();
  EXPECT_EQ(
      node.live_tasks(),
      "0 holder: event\n0 second: semaphore\n0 reader: queue pop\n0 timed: join\n1 with_timeout: sleep\n"
      "0 parent: join\n1 child: sleep\n");
  int item = 1;
  ASSERT_TRUE(items.try_push(item));
  node.settle();
  EXPECT_NE(node.live_tasks().find("reader: queue push\n"), std::string::npos);
}

TEST_F(loops, the_task_that_lists_shows_itself_as_running) {
  std::string seen;
  ASSERT_TRUE(running.spawn("me", [&]() -> task<> {
    co_await yield();
    seen = node.live_tasks();
  }));
  node.settle();
  EXPECT_EQ(seen, "0 me: ready\n");
}

TEST_F(loops, cancelled_tasks_are_not_listed) {
  ASSERT_TRUE(running.spawn("me", [&]() -> task<> {
    running.cancel();
    EXPECT_EQ(node.live_tasks(), "");
    co_return;
  }));
  node.settle();
}

}  // namespace
}  // namespace mirage
