// SPDX-License-Identifier: ISC
#include <mirage/core/task.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <mirage/core/event.hpp>
#include <mirage/core/result.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/test/virtual_node.hpp>

#if MIRAGE_EXCEPTIONS
#include <stdexcept>
#endif

namespace mirage {
namespace {

struct tasks : testing::Test {
  test::virtual_node node;
  void TearDown() override {
    EXPECT_EQ(node.tasks.tasks(), 0U);
    EXPECT_EQ(node.frames.live(), 0U) << "a frame was not destroyed";
  }
};

[[gnu::noinline]] task<int> number(int value) { co_return value; }  // inlined it might need no frame
task<std::unique_ptr<int>> owner(int value) { co_return std::make_unique<int>(value); }
task<> nothing() { co_return; }

task<int> sum() {
  const int first = co_await number(40);
  const auto second = co_await owner(2);
  co_await nothing();
  co_return first + *second;
}

TEST_F(tasks, give_values_to_those_who_await_them) { EXPECT_EQ(node.run(sum()), 42); }

struct neither_copies_nor_has_a_default {
  explicit neither_copies_nor_has_a_default(int v) : value(v) {}
  neither_copies_nor_has_a_default(neither_copies_nor_has_a_default&&) = default;
  neither_copies_nor_has_a_default& operator=(neither_copies_nor_has_a_default&&) = default;
  int value;
};
task<neither_copies_nor_has_a_default> picky() { co_return neither_copies_nor_has_a_default(9); }

TEST_F(tasks, give_what_can_only_be_moved) {
  EXPECT_EQ(*node.run(owner(7)), 7);
  EXPECT_EQ(node.run(picky()).value, 9);
}

task<std::string> implicitly() { co_return "converted"; }
task<std::optional<int>> nothing_yet() { co_return {}; }
task<result<void, int>> fine() { co_return {}; }
task<result<int, std::string>> wrong() { co_return fail(std::string("no")); }

TEST_F(tasks, convert_what_is_returned) {
  EXPECT_EQ(node.run(implicitly()), "converted");
  EXPECT_EQ(node.run(nothing_yet()), std::nullopt);
  EXPECT_TRUE(node.run(fine()).has_value());
  EXPECT_EQ(node.run(wrong()).error(), "no");
}

task<> mark(bool& done) {
  done = true;
  co_return;
}

TEST_F(tasks, do_nothing_before_they_are_awaited) {
  bool done = false;
  {
    const task<> never_awaited = mark(done);
    EXPECT_TRUE(never_awaited);
    node.settle();
  }
  EXPECT_FALSE(done);
  node.run(mark(done));
  EXPECT_TRUE(done);
}

TEST_F(tasks, move_and_leave_an_empty_one_behind) {
  task<int> first = number(1);
  task<int> second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_TRUE(second);
  second = number(2);
  task<int>& itself = second;
  second = std::move(itself);
  EXPECT_EQ(node.run(std::move(second)), 2);
  EXPECT_FALSE(task<int>());
}

task<std::size_t> length_of(std::string text, std::unique_ptr<int> kept) {
  co_await yield();
  co_return text.size() + static_cast<std::size_t>(*kept);
}

TEST_F(tasks, keep_their_arguments) {
  EXPECT_EQ(node.run(length_of(std::string(100, 'x'), std::make_unique<int>(5))), 105U);
}

struct witness {
  explicit witness(std::string& to, char which) : log(&to), name(which) { *log += name; }
  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;
  ~witness() { *log += static_cast<char>(name - 'a' + 'A'); }
  std::string* log;
  char name;
};

task<> inner(std::string& log, event& until) {
  const witness b(log, 'b');
  co_await until;
}
task<> outer(std::string& log, event& until) {
  const witness a(log, 'a');
  co_await inner(log, until);
  const witness c(log, 'c');
  co_await until;
}

TEST_F(tasks, destroy_their_locals_in_order_when_they_end) {
  std::string log;
  event until;
  until.set();
  node.run(outer(log, until));
  EXPECT_EQ(log, "abBcCA");
}

TEST_F(tasks, destroying_one_destroys_those_that_it_awaits) {
  std::string log;
  event until;
  {
    scope running;
    ASSERT_TRUE(running.spawn(outer(log, until)));
    node.settle();
    EXPECT_EQ(log, "ab");
  }
  EXPECT_EQ(log, "abBA");
}

task<std::uint64_t> many(std::uint64_t count) {
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const int one = co_await number(1);
    total += static_cast<std::uint64_t>(one);
  }
  co_return total;
}

TEST_F(tasks, a_million_that_end_at_once_do_not_grow_the_stack) {
  EXPECT_EQ(node.run(many(1'000'000)), 1'000'000U);
}

task<int> deep(int left) {
  if (left == 0) {
    co_await yield();
    co_return 0;
  }
  const int below = co_await deep(left - 1);
  co_return below + 1;
}

TEST_F(tasks, call_each_other_a_hundred_deep) { EXPECT_EQ(node.run(deep(100)), 100); }

TEST_F(tasks, a_deep_chain_is_destroyed_while_it_waits) {
  scope running;
  ASSERT_TRUE(running.spawn([]() -> task<> { co_await deep(100); }));
  node.step();
  EXPECT_GT(node.frames.live(), 100U);
  running.cancel();
  EXPECT_EQ(node.frames.live(), 0U);
}

// What a frame is aligned to at least, so that a promise may be: 16 on 64-bit machines, 8 on 32-bit ones.
constexpr std::size_t frame_alignment = 2 * sizeof(void*);
struct [[gnu::aligned(frame_alignment)]] wide {
  double values[2] = {1, 2};
};
task<wide> aligned() { co_return wide{}; }
task<bool> holds_aligned_locals() {
  wide local;
  co_await yield();
  const wide other = co_await aligned();
  co_return reinterpret_cast<std::uintptr_t>(&local) % frame_alignment == 0 &&
      reinterpret_cast<std::uintptr_t>(&other) % frame_alignment == 0;
}

TEST_F(tasks, locals_as_wide_as_max_align_are_aligned) { EXPECT_TRUE(node.run(holds_aligned_locals())); }

TEST_F(tasks, without_memory_there_is_an_empty_task) {
  const os::limits none{.frames = 0, .buffers = 0};
  test::virtual_node poor(none);
  EXPECT_FALSE(number(1));
  scope running;
  EXPECT_EQ(running.spawn(nothing()), fail(spawn_error::full));
  EXPECT_EQ(poor.frames.refused(), 2U);
}

task<> awaits_what_it_is_given(task<int> work) { co_await std::move(work); }

TEST_F(tasks, awaiting_an_empty_one_is_a_programmers_error) {
  EXPECT_DEATH_IF_SUPPORTED(node.run(awaits_what_it_is_given({})), "an empty task is awaited");
}

// A condition, temporaries with captures and aggregates: what g++ 12 gets wrong (docs/compilers.md).
task<bool> yes() {
  co_await yield();
  co_return true;
}
struct options {
  std::string name;
  int number = 0;
};
task<std::size_t> by_options(options of) {
  co_await yield();
  co_return of.name.size() + static_cast<std::size_t>(of.number);
}
template <class F>
task<std::size_t> call(F function) {
  co_await yield();
  co_return function();
}
task<std::size_t> natural(std::string text) {
  std::size_t total = 0;
  if (co_await yes()) total += 1;
  total += co_await by_options(options{.name = text, .number = 2});
  total += co_await call([text] { return text.size(); });
  co_return total;
}

TEST_F(tasks, natural_code_is_compiled_rightly) { EXPECT_EQ(node.run(natural(std::string(50, 'x'))), 103U); }

static_assert(awaits<task<int>, int>);
static_assert(!awaits<task<int>, long>);
static_assert(awaits<task<>, void>);
static_assert(!awaits<int, int>);
static_assert(!std::is_copy_constructible_v<task<>>);

#if MIRAGE_EXCEPTIONS

task<int> fails(const char* why) {
  co_await yield();
  throw std::domain_error(why);
}
task<std::string> catches() {
  try {
    co_await fails("inside");
  } catch (const std::domain_error& error) {
    co_return error.what();
  }
  co_return "nothing came";
}
task<int> lets_it_through(std::string& log) {
  const witness a(log, 'a');
  const int value = co_await fails("through");
  co_return value;
}

TEST_F(tasks, exceptions_come_out_of_the_await) { EXPECT_EQ(node.run(catches()), "inside"); }

TEST_F(tasks, exceptions_pass_through_and_destroy_the_locals) {
  std::string log;
  EXPECT_THROW(node.run(lets_it_through(log)), std::domain_error);
  EXPECT_EQ(log, "aA");
}

struct throws_when_moved {
  throws_when_moved() = default;
  // NOLINTNEXTLINE(performance-noexcept-move-constructor): that it throws is what is tested
  throws_when_moved(throws_when_moved&&) { throw std::length_error("moved"); }
};
task<throws_when_moved> result_throws() { co_return throws_when_moved(); }

TEST_F(tasks, an_exception_of_the_result_itself_comes_out_too) {
  EXPECT_THROW(node.run([]() -> task<> { co_await result_throws(); }()), std::length_error);
}

#endif

}  // namespace
}  // namespace mirage
