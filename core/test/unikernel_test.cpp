// SPDX-License-Identifier: ISC
#include <mirage/core/unikernel.hpp>

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/test/virtual_node.hpp>

#if MIRAGE_EXCEPTIONS
#include <stdexcept>
#endif

namespace {

/// A node that knows what its unikernel does, since `mirage::run` is one function in a program.
struct node_with_a_unikernel : mirage::test::virtual_node {
  std::function<mirage::task<int>(std::span<const std::string_view>)> unikernel;
};

}  // namespace

const mirage::image_info mirage::image{.name = "test", .target = "virtual", .packages = {}};

mirage::task<int> mirage::run(std::span<const std::string_view> command_line) {
  return static_cast<node_with_a_unikernel*>(os::here)->unikernel(command_line);
}

namespace mirage {
namespace {

struct unikernels : testing::Test {
  node_with_a_unikernel node;
  std::string log;

  int run(std::function<task<int>(std::span<const std::string_view>)> body) {
    node.unikernel = std::move(body);
    constexpr std::array<std::string_view, 2> words{"-l", "debug"};
    return run_unikernel(node, words);
  }
  /// Something that waits to be told.
  task<> serve(event& until) {
    log += "serving ";
    co_await until;
    log += "closing ";
    co_await sleep_for(1s);
    log += "closed ";
  }
};

TEST_F(unikernels, end_with_the_status_of_run) {
  EXPECT_EQ(run([](auto words) -> task<int> {
              EXPECT_EQ(words.size(), 2U);
              co_await sleep_for(10s);
              co_return 5;
            }),
            5);
  EXPECT_GE(node.time(), test::virtual_start + 10s);
  EXPECT_EQ(node.frames.live(), 0U);
}

TEST_F(unikernels, end_at_exit_though_they_still_run) {
  EXPECT_EQ(run([](auto) -> task<int> {
              os::exit(7);
              co_await sleep_for(1h);
              co_return 0;
            }),
            7);
  EXPECT_LT(node.time(), test::virtual_start + 1h);
  EXPECT_EQ(node.frames.live(), 0U);
}

TEST_F(unikernels, until_shutdown_ends_when_its_jobs_do) {
  EXPECT_EQ(run([this](auto) -> task<int> {
              event over;
              over.set();
              co_await until_shutdown(serve(over));
              co_return 0;
            }),
            0);
  EXPECT_EQ(log, "serving closing closed ");
}

TEST_F(unikernels, until_shutdown_lets_the_jobs_end_in_order) {
  EXPECT_EQ(run([this](auto) -> task<int> {
              scope others;
              EXPECT_TRUE(others.spawn([]() -> task<> {
                co_await sleep_for(10s);
                os::shutdown().set();
              }));
              co_await until_shutdown(serve(os::shutdown()));
              log += "stopped";
              co_return 0;
            }),
            0);
  EXPECT_EQ(log, "serving closing closed stopped");
  EXPECT_LT(node.time(), test::virtual_start + 12s);
}

TEST_F(unikernels, until_shutdown_cancels_jobs_that_take_too_long) {
  EXPECT_EQ(run([this](auto) -> task<int> {
              event never_set;
              auto linger = [](event& until) -> task<> {
                co_await os::shutdown();
                co_await until;
              };
              scope others;
              EXPECT_TRUE(others.spawn([]() -> task<> {
                co_await sleep_for(10s);
                os::shutdown().set();
              }));
              co_await until_shutdown(linger(never_set));
              log += "stopped";
              co_return 0;
            }),
            0);
  EXPECT_EQ(log, "stopped");
  EXPECT_GE(node.time(), test::virtual_start + 10s + stop_limit);
  EXPECT_LT(node.time(), test::virtual_start + 10s + stop_limit + 1s);
}

TEST_F(unikernels, until_shutdown_cancels_at_once_jobs_that_do_not_wait_for_it) {
  EXPECT_EQ(run([this](auto) -> task<int> {
              event never_set;
              scope others;
              EXPECT_TRUE(others.spawn([]() -> task<> {
                co_await sleep_for(10s);
                os::shutdown().set();
                os::shutdown().set();
              }));
              co_await until_shutdown(serve(never_set));
              log += "stopped";
              co_return 0;
            }),
            0);
  EXPECT_EQ(log, "serving stopped");
  EXPECT_LT(node.time(), test::virtual_start + 11s);
}

enum class trouble { broken };
constexpr std::string_view describe(trouble) { return "it is broken"; }

struct good_device {
  good_device(std::string& log, char name) : log_(log), name_(name) {}
  task<result<void, trouble>> start() {
    co_await yield();
    log_ += name_;
    co_return {};
  }
  task<> stop() {
    co_await yield();
    (log_ += '-') += name_;
  }

 private:
  std::string& log_;
  char name_;
};
struct bad_device {
  task<result<void, trouble>> start() { co_return fail(trouble::broken); }
  task<> stop() {
    ADD_FAILURE() << "it never started";
    co_return;
  }
};
struct slow_device {
  task<> stop() { co_await sleep_for(1h); }
};
struct plain_device {};

TEST_F(unikernels, stop_in_the_opposite_order_what_they_started) {
  const auto work = [this]() -> task<int> {
    good_device a(log, 'a');
    plain_device plain;
    good_device b(log, 'b');
    device_list devices;
    const bool first = co_await devices.start("a", a);
    const bool second = co_await devices.start("plain", plain);
    const bool third = co_await devices.start("b", b);
    EXPECT_TRUE(first && second && third);
    co_await devices.stop();
    co_return exit_status::ok;
  };
  EXPECT_EQ(node.mirage::test::virtual_node::run(work()), exit_status::ok);
  EXPECT_EQ(log, "ab-b-a");
  EXPECT_EQ(node.console_text(), "");
}

TEST_F(unikernels, unmake_in_the_opposite_order_what_they_made) {
  struct last_words {
    std::string& log;
    char name;
    last_words(std::string& to, char called) : log(to), name(called) {}
    last_words(const last_words&) = delete;
    last_words& operator=(const last_words&) = delete;
    ~last_words() { log += name; }
  };
  {
    device_list devices;
    const auto& a = devices.make([&] { return last_words{log, 'a'}; });
    const auto& b = devices.make([&] { return last_words{log, 'b'}; });
    EXPECT_EQ(a.name, 'a');
    EXPECT_EQ(b.name, 'b');
    EXPECT_EQ(log, "");
  }
  EXPECT_EQ(log, "ba");
}

TEST_F(unikernels, stop_what_started_before_a_device_that_cannot) {
  const auto work = [this]() -> task<int> {
    good_device a(log, 'a');
    bad_device bad;
    device_list devices;
    const bool first = co_await devices.start("a", a);
    const bool second = co_await devices.start("disk", bad);
    EXPECT_TRUE(first);
    EXPECT_FALSE(second);
    co_return co_await devices.give_up();
  };
  EXPECT_EQ(node.mirage::test::virtual_node::run(work()), exit_status::device_failed);
  EXPECT_EQ(log, "a-a");
  EXPECT_NE(node.console_text().find("disk cannot start: it is broken\n"), std::string::npos)
      << node.console_text();
}

TEST_F(unikernels, give_a_device_a_limit_to_stop) {
  const auto work = [this]() -> task<int> {
    good_device a(log, 'a');
    slow_device slow;
    device_list devices;
    const bool first = co_await devices.start("a", a);
    const bool second = co_await devices.start("disk", slow);
    EXPECT_TRUE(first && second);
    co_await devices.stop();
    co_return exit_status::ok;
  };
  node.mirage::test::virtual_node::run(work());
  EXPECT_EQ(log, "a-a") << "the others are stopped all the same";
  EXPECT_LT(node.time(), test::virtual_start + stop_limit + 1s);
  EXPECT_NE(node.console_text().find("disk did not stop in time\n"), std::string::npos)
      << node.console_text();
}

#if MIRAGE_EXCEPTIONS

TEST_F(unikernels, an_exception_that_escapes_from_run_stops_them) {
  EXPECT_DEATH_IF_SUPPORTED(run([](auto) -> task<int> {
                              co_await yield();
                              throw std::domain_error("no config");
                            }),
                            "an exception escaped from the task main and nobody joined its scope: no config");
}

TEST_F(unikernels, an_exception_of_the_jobs_comes_out_of_until_shutdown) {
  EXPECT_EQ(run([](auto) -> task<int> {
              const auto job = []() -> task<> {
                throw std::domain_error("job");
                co_return;
              };
              try {
                co_await until_shutdown(job());
              } catch (const std::domain_error&) {
                co_return 9;
              }
              co_return 0;
            }),
            9);
}

#endif

}  // namespace
}  // namespace mirage
