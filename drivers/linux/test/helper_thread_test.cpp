// SPDX-License-Identifier: ISC
#include <mirage/linux/helper_thread.hpp>

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include <atomic>
#include <memory>
#include <vector>

#include <mirage/core/sleep.hpp>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

void block_for(long milliseconds) {
  const timespec length{.tv_sec = 0, .tv_nsec = milliseconds * 1'000'000};
  ::nanosleep(&length, nullptr);
}

struct squaring final : background_job {
  explicit squaring(int of) : number(of) {}
  void work() noexcept override {
    thread = ::pthread_self();
    square = number * number;
  }
  int number;
  int square = 0;
  pthread_t thread{};
};

// Holds its thread until it is let go, and says when it is destroyed.
struct gate final : background_job {
  gate(std::shared_ptr<std::atomic<bool>> until, std::shared_ptr<std::atomic<int>> count)
      : open(std::move(until)), destroyed(std::move(count)) {}
  ~gate() override { ++*destroyed; }
  void work() noexcept override {
    while (!*open) block_for(1);
  }
  std::shared_ptr<std::atomic<bool>> open;
  std::shared_ptr<std::atomic<int>> destroyed;
};

class helper_thread_test : public testing::Test {
 protected:
  task<> hold(helper_thread& helper) {
    auto job = std::make_unique<gate>(open, destroyed);
    auto done = co_await helper.run(std::move(job));
    if (done) ++finished;
  }
  test_host host;
  std::shared_ptr<std::atomic<bool>> open = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<std::atomic<int>> destroyed = std::make_shared<std::atomic<int>>(0);
  int finished = 0;
};

TEST_F(helper_thread_test, gives_the_job_back_when_its_work_is_done) {
  helper_thread helper({});
  auto work = [&]() -> task<> {
    for (int i = 0; i < 100; ++i) {
      auto job = std::make_unique<squaring>(i);
      auto done = co_await helper.run(std::move(job));
      EXPECT_EQ(done->square, i * i);
      EXPECT_EQ(::pthread_equal(done->thread, ::pthread_self()), 0) << "not on the thread of the loop";
    }
  };
  host.run(work());
  EXPECT_EQ(helper.in_flight(), 0U);
}

TEST_F(helper_thread_test, the_loop_goes_on_meanwhile) {
  helper_thread helper({});
  auto work = [&]() -> task<> {
    scope holding;
    (void)holding.spawn(hold(helper));
    for (int i = 0; i < 5; ++i) co_await sleep_for(1ms);
    EXPECT_EQ(finished, 0);
    *open = true;
    co_await holding.join();
    EXPECT_EQ(finished, 1);
  };
  host.run(work());
}

TEST_F(helper_thread_test, several_threads_work_at_once) {
  helper_thread helper({.threads = 3});
  std::atomic<int> inside = 0;
  struct meeting final : background_job {
    explicit meeting(std::atomic<int>& with) : inside(with) {}
    void work() noexcept override {
      ++inside;
      for (int i = 0; i < 5000 && inside < 3; ++i) block_for(1);
      met = inside >= 3;
    }
    std::atomic<int>& inside;
    bool met = false;
  };
  auto meet = [&]() -> task<> {
    auto job = std::make_unique<meeting>(inside);
    auto done = co_await helper.run(std::move(job));
    EXPECT_TRUE(done->met);
  };
  auto work = [&]() -> task<> {
    scope all;
    for (int i = 0; i < 3; ++i) (void)all.spawn(meet);
    co_await all.join();
  };
  host.run(work());
}

TEST_F(helper_thread_test, refuses_beyond_its_cap) {
  helper_thread helper({.capacity = 2});
  auto work = [&]() -> task<> {
    scope holding;
    for (int i = 0; i < 5; ++i) (void)holding.spawn(hold(helper));
    co_await yield();
    co_await yield();
    EXPECT_EQ(helper.in_flight(), 2U);
    EXPECT_EQ(*destroyed, 3) << "what was refused is freed";
    *open = true;
    co_await holding.join();
    EXPECT_EQ(finished, 2);
  };
  host.run(work());
}

TEST_F(helper_thread_test, a_cancelled_task_only_stops_waiting) {
  helper_thread helper({});
  auto work = [&]() -> task<> {
    {
      scope holding;
      (void)holding.spawn(hold(helper));
      co_await yield();
      co_await yield();
    }
    EXPECT_EQ(helper.in_flight(), 1U);
    EXPECT_EQ(*destroyed, 0) << "its memory is still in use";
    *open = true;
    co_await helper.stop();
    EXPECT_EQ(helper.in_flight(), 0U);
    EXPECT_EQ(*destroyed, 1);
    EXPECT_EQ(finished, 0);
  };
  host.run(work());
}

TEST_F(helper_thread_test, cancelled_between_the_end_of_the_work_and_resuming) {
  helper_thread helper({});
  auto work = [&]() -> task<> {
    scope holding;
    (void)holding.spawn(hold(helper));
    co_await yield();
    co_await yield();
    *open = true;
    block_for(20);
    test::canceller last(holding);
    host.events.wait(host.tasks, instant{}, 0ns);
    host.tasks.mark(last);
    co_await yield();
    EXPECT_EQ(finished, 0);
    EXPECT_EQ(*destroyed, 1);
    EXPECT_EQ(helper.in_flight(), 0U);
  };
  host.run(work());
}

TEST_F(helper_thread_test, what_may_be_left_does_not_hold_up_the_end) {
  const unsigned before = test::open_descriptors();
  auto work = [&]() -> task<> {
    helper_thread helper({.may_be_left = true});
    scope holding;
    (void)holding.spawn(hold(helper));
    (void)holding.spawn(hold(helper));
    co_await yield();
    co_await yield();
    block_for(5);
  };
  host.run(work());
  EXPECT_LE(*destroyed, 1) << "the one that waited is freed, the one that runs is not";
  *open = true;
  for (int i = 0; i < 5000 && *destroyed < 2; ++i) block_for(1);
  EXPECT_EQ(*destroyed, 2);
  for (int i = 0; i < 5000 && test::open_descriptors() > before; ++i) block_for(1);
  EXPECT_EQ(test::open_descriptors(), before);
}

TEST_F(helper_thread_test, being_destroyed_with_work_in_flight_is_an_error) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_DEATH(
      {
        auto work = [&]() -> task<> {
          helper_thread helper({});
          scope holding;
          (void)holding.spawn(hold(helper));
          co_await yield();
          co_await yield();
        };
        host.run(work());
      },
      "in flight");
}

TEST_F(helper_thread_test, signals_stay_with_the_loop) {
  helper_thread helper({});
  struct masked final : background_job {
    void work() noexcept override {
      sigset_t mask;
      ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
      term = ::sigismember(&mask, SIGTERM) == 1;
    }
    bool term = false;
  };
  auto work = [&]() -> task<> {
    auto job = std::make_unique<masked>();
    auto done = co_await helper.run(std::move(job));
    EXPECT_TRUE(done->term);
  };
  host.run(work());
  sigset_t mine;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mine);
  EXPECT_EQ(::sigismember(&mine, SIGTERM), 0);
}

}  // namespace
}  // namespace mirage
