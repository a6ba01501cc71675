// SPDX-License-Identifier: ISC
// `v1::console`: what is typed is read, what is written is shown.
//
// The subject, besides what suite.hpp asks for:
//   using console = ...;              the implementation under test
//   console& device();
//   void type(std::string_view line);   somebody types that, with the line's end
//   std::string shown();                all that was shown so far
//   void hang_up();                     nobody will type any more; optional
#pragma once

#include <string>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/flow_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class console_suite {
  using console = typename Subject::console;
  static_assert(v1::console<console>);

 public:
  explicit console_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> what_is_written_is_shown() {
    auto written = co_await subject.device().write(buffer_of("hello, "));
    EXPECT_EQ(outcome(written), "ok");
    buffer_list list;
    list.push_back(buffer_of("wor"));
    list.push_back(buffer_of("ld\n"));
    written = co_await subject.device().write(std::move(list));
    EXPECT_EQ(outcome(written), "ok");
    co_await shows("hello, world\n");
  }

  task<> writing_nothing_is_done_at_once() {
    auto one = co_await subject.device().write(buffer{});
    EXPECT_EQ(outcome(one), "ok");
    auto list = co_await subject.device().write(buffer_list{});
    EXPECT_EQ(outcome(list), "ok");
  }

  task<> much_is_shown_whole() {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "line " + std::to_string(i) + " of many\n";
    auto written = co_await write_pieces(subject.device(), text, 1000);
    EXPECT_EQ(written, "ok");
    co_await shows(text);
  }

  task<> what_is_typed_is_read() {
    subject.type("first\n");
    subject.type("second\n");
    const std::string got = co_await read_bytes(subject.device(), 13);
    EXPECT_EQ(got, "first\nsecond\n");
  }

  task<> a_reader_waits_for_somebody_to_type() {
    auto early = co_await with_timeout(a_while, subject.device().read());
    EXPECT_FALSE(early.has_value());
    subject.type("late\n");
    const std::string got = co_await read_bytes(subject.device(), 5);
    EXPECT_EQ(got, "late\n") << "a cancelled read has lost something";
  }

  task<> typing_wakes_who_waits() {
    auto [got, typed] = co_await when_all(read_bytes(subject.device(), 5), type_later("late\n"));
    EXPECT_EQ(got, "late\n");
  }

  task<> nobody_will_type_any_more() {
    subject.type("last\n");
    subject.hang_up();
    const std::string got = co_await read_to_end(subject.device());
    EXPECT_EQ(got, "last\n");
    auto again = co_await subject.device().read();
    EXPECT_EQ(text_of(again), "");
    auto written = co_await subject.device().write(buffer_of("still shown\n"));
    EXPECT_EQ(outcome(written), "ok");
    co_await shows("still shown\n");
  }

  static std::vector<suite_test<console_suite>> tests() {
    std::vector<suite_test<console_suite>> all{
        MIRAGE_SUITE_TEST(console_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(console_suite, what_is_written_is_shown),
        MIRAGE_SUITE_TEST(console_suite, writing_nothing_is_done_at_once),
        MIRAGE_SUITE_TEST(console_suite, much_is_shown_whole),
        MIRAGE_SUITE_TEST(console_suite, what_is_typed_is_read),
        MIRAGE_SUITE_TEST(console_suite, a_reader_waits_for_somebody_to_type),
        MIRAGE_SUITE_TEST(console_suite, typing_wakes_who_waits),
    };
    if constexpr (requires(Subject& s) { s.hang_up(); })
      all.push_back(MIRAGE_SUITE_TEST(console_suite, nobody_will_type_any_more));
    return all;
  }

 private:
  task<> type_later(std::string text) {
    co_await sleep_for(a_while / 10);
    subject.type(text);
  }
  task<> shows(std::string text) {
    for (int i = 0; i < 100 && !subject.shown().ends_with(text); ++i) co_await sleep_for(a_while / 100);
    EXPECT_TRUE(subject.shown().ends_with(text)) << "shown is: " << subject.shown().substr(0, 1000);
  }
};

}  // namespace mirage::test
