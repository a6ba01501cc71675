// SPDX-License-Identifier: ISC
#include <mirage/linux/poller.hpp>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include <mirage/core/sleep.hpp>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

struct recorder final : machine::descriptor_source {
  int polls = 0;
  bool poll() noexcept override {
    ++polls;
    return false;
  }
};

struct pair {
  pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    a = file_descriptor(ends[0]);
    b = file_descriptor(ends[1]);
  }
  file_descriptor a;
  file_descriptor b;
};

TEST(poller, marks_a_source_once_an_edge) {
  test_host host;
  pair ends;
  recorder source;
  ASSERT_TRUE(host.events.watch(source, ends.a.get()));
  host.run_for(5ms);
  EXPECT_EQ(source.polls, 1);
  EXPECT_EQ(source.ready, recorder::writable);
  ASSERT_EQ(::write(ends.b.get(), "x", 1), 1);
  host.run_for(5ms);
  EXPECT_EQ(source.polls, 2);
  EXPECT_EQ(source.ready, recorder::writable | recorder::readable);
  host.run_for(5ms);
  EXPECT_EQ(source.polls, 2) << "nothing new has come";
  host.events.unwatch(source, ends.a.get());
}

TEST(poller, tells_a_hang_up) {
  test_host host;
  pair ends;
  recorder source;
  ASSERT_TRUE(host.events.watch(source, ends.a.get()));
  ends.b.reset();
  host.run_for(5ms);
  EXPECT_NE(source.ready & recorder::hangup, 0);
  EXPECT_NE(source.ready & recorder::readable, 0) << "the end can be read";
  host.events.unwatch(source, ends.a.get());
}

TEST(poller, marks_everything_before_anything_runs) {
  test_host host;
  pair one;
  pair two;
  // The first one that runs ends the other, which has been marked already.
  struct ender final : machine::descriptor_source {
    ender* other = nullptr;
    int descriptor = -1;
    bool ran = false;
    bool poll() noexcept override {
      ran = true;
      machine::unwatch(*other, other->descriptor);
      return false;
    }
  };
  ender first;
  ender second;
  first.other = &second;
  second.other = &first;
  first.descriptor = one.a.get();
  second.descriptor = two.a.get();
  ASSERT_TRUE(host.events.watch(first, first.descriptor));
  ASSERT_TRUE(host.events.watch(second, second.descriptor));
  host.run_for(5ms);
  EXPECT_NE(first.ran, second.ran);
}

TEST(poller, refuses_what_cannot_be_polled) {
  test_host host;
  char name[] = "/tmp/mirage_poller_XXXXXX";
  const file_descriptor file(::mkstemp(name));
  ::unlink(name);
  recorder source;
  const auto watched = host.events.watch(source, file.get());
  ASSERT_FALSE(watched);
  EXPECT_EQ(watched.error(), machine::watch_error::not_pollable);
}

TEST(poller, sleeps_until_the_deadline_and_not_longer_than_needed) {
  test_host host;
  const instant start = host::read_monotonic();
  host.events.wait(host.tasks, start + 3ms, 0ns);
  const duration slept = host::read_monotonic() - start;
  EXPECT_GE(slept, 3ms);
  EXPECT_LT(slept, 500ms);
  const auto naps = host.events.counted().naps;
  host.events.wait(host.tasks, start, 1s);
  EXPECT_EQ(host.events.counted().naps, naps) << "a deadline in the past only looks";
}

TEST(poller, a_nap_for_a_batch_ends_at_the_deadline) {
  test_host host;
  const instant start = host::read_monotonic();
  host.events.wait(host.tasks, start + 2ms, 5s);
  const duration slept = host::read_monotonic() - start;
  EXPECT_GE(slept, 2ms);
  EXPECT_LT(slept, 1s);
  EXPECT_EQ(host.events.counted().naps, 1U);
}

TEST(poller, sleeps_wake_in_order) {
  test_host host;
  std::string order;
  auto sleeper = [&](duration length, char name) -> task<> {
    co_await sleep_for(length);
    order += name;
  };
  auto all = [&]() -> task<> {
    scope sleepers;
    (void)sleepers.spawn(sleeper, 3ms, 'c');
    (void)sleepers.spawn(sleeper, 1ms, 'a');
    (void)sleepers.spawn(sleeper, 2ms, 'b');
    co_await sleepers.join();
  };
  host.run(all());
  EXPECT_EQ(order, "abc");
}

}  // namespace
}  // namespace mirage
