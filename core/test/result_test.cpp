// SPDX-License-Identifier: ISC
#include <mirage/core/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <mirage/core/task.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

enum class trouble { small, large };

result<int, trouble> half(int number) {
  if (number % 2 != 0) return fail(trouble::small);
  return number / 2;
}

result<void, trouble> positive(int number) {
  if (number <= 0) return fail(trouble::large);
  return {};
}

result<std::string, trouble> quarter(int number) {
  MIRAGE_TRY_VOID(positive(number));
  MIRAGE_TRY(const int first, half(number));
  MIRAGE_TRY(auto second, half(first));
  return std::to_string(second);
}

TEST(result, try_passes_values_on) {
  const auto value = quarter(12);
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(*value, "3");
}

TEST(result, try_returns_the_first_error) {
  EXPECT_EQ(quarter(-4), fail(trouble::large));
  EXPECT_EQ(quarter(3), fail(trouble::small));
  EXPECT_EQ(quarter(6), fail(trouble::small));
}

result<std::unique_ptr<int>, std::unique_ptr<std::string>> owned(bool good) {
  if (!good) return fail(std::make_unique<std::string>("bad"));
  return std::make_unique<int>(7);
}

result<int, std::unique_ptr<std::string>> taken(bool good) {
  MIRAGE_TRY(std::unique_ptr<int> value, owned(good));
  return *value;
}

TEST(result, try_moves_what_cannot_be_copied) {
  EXPECT_EQ(*taken(true), 7);
  const auto failed = taken(false);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(*failed.error(), "bad");
}

result<int, trouble> assigns(int number) {
  int value = 0;
  MIRAGE_TRY(value, half(number));
  return value;
}

TEST(result, try_assigns_to_what_is_there) {
  EXPECT_EQ(assigns(8), 4);
  EXPECT_EQ(assigns(7), fail(trouble::small));
}

result<int, trouble> commas() {
  MIRAGE_TRY(auto value, (result<int, trouble>{std::in_place, 5}));
  MIRAGE_TRY(auto other, result<int, trouble>(std::in_place, 6));
  return value + other;
}

TEST(result, try_takes_expressions_with_commas) { EXPECT_EQ(commas(), 11); }

task<result<int, trouble>> half_later(int number) { co_return half(number); }
task<result<void, trouble>> positive_later(int number) {
  MIRAGE_CO_TRY_VOID(positive(number));
  co_return {};
}
task<result<int, trouble>> quarter_later(int number) {
  MIRAGE_CO_TRY_VOID(co_await positive_later(number));
  MIRAGE_CO_TRY(const int first, co_await half_later(number));
  MIRAGE_CO_TRY(const int second, co_await half_later(first));
  co_return second;
}

TEST(result, co_try_does_the_same_in_a_task) {
  test::virtual_node node;
  EXPECT_EQ(node.run(quarter_later(20)), 5);
  EXPECT_EQ(node.run(quarter_later(-1)), fail(trouble::large));
  EXPECT_EQ(node.run(quarter_later(10)), fail(trouble::small));
}

}  // namespace
}  // namespace mirage
