// SPDX-License-Identifier: ISC
#include <mirage/core/when.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include <mirage/core/event.hpp>
#include <mirage/core/queue.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

#if MIRAGE_EXCEPTIONS
#include <stdexcept>
#endif

namespace mirage {
namespace {

struct when : testing::Test {
  test::virtual_node node;
  void TearDown() override {
    EXPECT_EQ(node.tasks.tasks(), 0U);
    EXPECT_EQ(node.frames.live(), 0U);
  }
  duration elapsed() { return node.time() - test::virtual_start; }
};

task<int> number_after(duration length, int value) {
  co_await sleep_for(length);
  co_return value;
}
task<> rest(duration length) { co_await sleep_for(length); }
task<std::unique_ptr<std::string>> text_after(duration length, std::string value) {
  co_await sleep_for(length);
  co_return std::make_unique<std::string>(std::move(value));
}

TEST_F(when, all_waits_for_the_last_and_gives_all_in_order) {
  const auto [number, text, nothing] =
      node.run(when_all(number_after(3s, 1), text_after(1s, "two"), rest(2s)));
  EXPECT_EQ(number, 1);
  EXPECT_EQ(*text, "two");
  EXPECT_EQ(nothing, std::monostate());
  EXPECT_GE(elapsed(), 3s);
  EXPECT_LT(elapsed(), 3s + 5us);
}

TEST_F(when, all_of_none_is_done) { EXPECT_EQ(node.run(when_all()), std::tuple<>()); }

TEST_F(when, all_of_those_that_end_at_once_is_done_at_once) {
  const auto both = node.run(when_all(number_after(0s, 1), number_after(0s, 2)));
  EXPECT_EQ(both, std::tuple(1, 2));
  EXPECT_EQ(elapsed(), 0s);
}

TEST_F(when, any_gives_the_first_and_its_place) {
  const auto first = node.run(when_any(number_after(3s, 1), text_after(1s, "two"), rest(2s)));
  ASSERT_EQ(first.index(), 1U);
  EXPECT_EQ(*std::get<1>(first), "two");
  EXPECT_LT(elapsed(), 1s + 5us) << "the others were waited for";
}

TEST_F(when, any_of_one_type_tells_them_apart) {
  const auto first = node.run(when_any(number_after(2s, 1), number_after(1s, 1)));
  EXPECT_EQ(first.index(), 1U);
}

TEST_F(when, any_prefers_the_first_of_those_that_end_at_once) {
  EXPECT_EQ(node.run(when_any(number_after(0s, 1), number_after(0s, 2))).index(), 0U);
}

TEST_F(when, any_destroys_the_losers_at_once) {
  std::string log;
  const auto loser = [&log]() -> task<> {
    struct witness {
      std::string& to;
      ~witness() { to += "destroyed"; }
    } const here{log};
    co_await sleep_for(1h);
  };
  const auto race = [&]() -> task<> {
    co_await when_any(loser(), rest(1s));
    EXPECT_EQ(log, "destroyed");
  };
  node.run(race());
}

task<> at_the_same_time(bounded_queue<int>& from, event& over) {
  const auto wait = [](event& of) -> task<> { co_await of; };
  const auto pop = [](bounded_queue<int>& of) -> task<int> { co_return co_await of.pop(); };
  // Both are woken in one round: the queue must keep the item that the loser would have taken.
  const auto first = co_await when_any(wait(over), pop(from));
  EXPECT_EQ(first.index(), 0U);
  EXPECT_EQ(from.size(), 1U);
}

TEST_F(when, any_loses_nothing_that_a_loser_was_about_to_take) {
  bounded_queue<int> items(1);
  event over;
  scope running;
  ASSERT_TRUE(running.spawn(at_the_same_time(items, over)));
  node.settle();
  over.set();
  int item = 5;
  ASSERT_TRUE(items.try_push(item));
  node.settle();
  EXPECT_EQ(running.size(), 0U);
  EXPECT_EQ(items.try_pop(), 5);
}

TEST_F(when, a_timeout_lets_through_what_comes_in_time) {
  const auto in_time = node.run(with_timeout(2s, number_after(1s, 5)));
  EXPECT_EQ(in_time, 5);
  EXPECT_LT(elapsed(), 1s + 5us);
}

TEST_F(when, a_timeout_cancels_what_does_not) {
  EXPECT_EQ(node.run(with_timeout(1s, number_after(2s, 5))), std::nullopt);
  EXPECT_LT(elapsed(), 1s + 5us);
  EXPECT_EQ(node.frames.live(), 0U);
}

TEST_F(when, a_timeout_of_a_void_task_says_whether_it_ended) {
  EXPECT_TRUE(node.run(with_timeout(2s, rest(1s))).has_value());
  EXPECT_FALSE(node.run(with_timeout(1s, rest(2s))).has_value());
}

TEST_F(when, a_timeout_of_nothing_still_lets_through_what_is_there) {
  EXPECT_EQ(node.run(with_timeout(0s, number_after(0s, 5))), 5);
  EXPECT_EQ(node.run(with_timeout(0s, number_after(1s, 5))), std::nullopt);
}

TEST_F(when, a_timeout_without_end_waits_for_ever) {
  EXPECT_EQ(node.run(with_timeout(duration::max(), number_after(1000h, 5)), duration::max()), 5);
}

TEST_F(when, they_nest) {
  const auto inner = [](duration length) { return with_timeout(length, number_after(2s, 5)); };
  const auto both = node.run(when_all(inner(1s), inner(3s)));
  EXPECT_EQ(both, std::tuple(std::nullopt, std::optional(5)));
  const auto first =
      node.run(with_timeout(10s, when_any(number_after(20s, 1), when_all(rest(1s), rest(2s)))));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->index(), 1U);
}

#if MIRAGE_EXCEPTIONS

task<int> fails_after(duration length, const char* why) {
  co_await sleep_for(length);
  throw std::domain_error(why);
}

TEST_F(when, all_waits_for_the_others_before_it_rethrows) {
  EXPECT_THROW(node.run(when_all(fails_after(1s, "early"), rest(3s))), std::domain_error);
  EXPECT_GE(elapsed(), 3s);
}

TEST_F(when, any_rethrows_what_escapes_from_the_first) {
  EXPECT_THROW(node.run(when_any(fails_after(1s, "early"), number_after(2s, 1))), std::domain_error);
  EXPECT_EQ(node.run(when_any(fails_after(2s, "late"), number_after(1s, 1))).index(), 1U);
}

TEST_F(when, a_timeout_rethrows_what_escapes_in_time) {
  EXPECT_THROW(node.run(with_timeout(2s, fails_after(1s, "early"))), std::domain_error);
  EXPECT_EQ(node.run(with_timeout(1s, fails_after(2s, "late"))), std::nullopt);
}

#endif

}  // namespace
}  // namespace mirage
