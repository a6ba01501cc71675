// SPDX-License-Identifier: ISC
// `v1::channel`: lines, records, the end of the input, gathered writes, and cancelling.
//
// The subject, besides what suite.hpp asks for:
//   using channel = ...;                  the implementation under test
//   using flow = ...;                     what it is made over
//   task<std::pair<flow, P>> connect();   two ends of one connection; P is a flow, too, of any type
//   channel make(flow& over);
//   static constexpr std::size_t longest; its cap of a line and a count, 1000 at least
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/flow_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class channel_suite {
  using channel = typename Subject::channel;
  static_assert(v1::channel<channel>);
  using error = v1::channel_error;

 public:
  explicit channel_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;
  static constexpr std::size_t longest = Subject::longest;

  task<> lines_end_with_lf_or_crlf() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    co_await say(far, "one\ntwo\r\n\n\r\nth\rree\r\r\n");
    for (const char* expected : {"one", "two", "", "", "th\rree\r"}) {
      auto line = co_await lines.read_line();
      EXPECT_EQ(text_of(line), expected);
    }
  }

  task<> lines_come_in_pieces_and_many_at_once() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    std::string all;
    for (int i = 0; i < 300; ++i) all += "line number " + std::to_string(i) + "\r\n";
    auto [written, checked] = co_await when_all(write_pieces(far, all, 7), check_lines(lines, 300));
    EXPECT_EQ(written, "ok");
  }

  task<> the_last_line_may_lack_its_end() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    co_await say(far, "first\nlast");
    co_await far.shutdown();
    auto first = co_await lines.read_line();
    EXPECT_EQ(text_of(first), "first");
    auto last = co_await lines.read_line();
    EXPECT_EQ(text_of(last), "last");
    for (int i = 0; i < 2; ++i) {
      auto none = co_await lines.read_line();
      EXPECT_EQ(error_of(none), error::end) << "there is nothing more, and it stays so";
    }
  }

  task<> an_empty_input_has_no_line() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    co_await far.shutdown();
    auto line = co_await lines.read_line();
    EXPECT_EQ(error_of(line), error::end);
    auto some = co_await lines.read_some();
    EXPECT_EQ(error_of(some), error::end);
    auto exact = co_await lines.read_exactly(1);
    EXPECT_EQ(error_of(exact), error::end);
    auto nothing = co_await lines.read_exactly(0);
    EXPECT_EQ(text_of(nothing), "");
  }

  task<> counted_bytes_come_in_one_buffer() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    const std::string data = pattern(900);
    auto [written, first] = co_await when_all(write_pieces(far, data + "\n" + data, 13), exactly(lines, 900));
    EXPECT_EQ(written, "ok");
    EXPECT_TRUE(text_of(first) == data);
    auto line_end = co_await lines.read_line();
    EXPECT_EQ(text_of(line_end), "");
    auto second = co_await lines.read_exactly(900);
    EXPECT_TRUE(text_of(second) == data);
  }

  task<> fewer_bytes_than_asked_for_stay() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    co_await say(far, "abc");
    co_await far.shutdown();
    auto four = co_await lines.read_exactly(4);
    EXPECT_EQ(error_of(four), error::end);
    auto two = co_await lines.read_exactly(2);
    EXPECT_EQ(text_of(two), "ab");
    auto rest = co_await lines.read_some();
    EXPECT_EQ(text_of(rest), "c");
  }

  task<> some_is_what_is_there() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    auto early = co_await with_timeout(a_while / 10, some(lines));
    EXPECT_FALSE(early.has_value());
    co_await say(far, "line\nmore");
    auto line = co_await lines.read_line();
    EXPECT_EQ(text_of(line), "line");
    auto rest = co_await lines.read_some();
    EXPECT_EQ(text_of(rest), "more");
  }

  task<> what_is_too_long_is_told_and_not_consumed() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    const std::string fits(longest, 'a');
    const std::string too_long(longest + 1, 'b');
    auto [written, checked] =
        co_await when_all(write_pieces(far, fits + "\r\n" + too_long + "\nafter\n", 1000),
                          check_too_long(lines, fits, too_long));
    EXPECT_EQ(written, "ok");
    auto count = co_await lines.read_exactly(longest + 1);
    EXPECT_EQ(error_of(count), error::too_long);
  }

  task<> a_line_without_end_does_not_fill_the_memory() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    std::size_t taken = 0;
    scope writing;
    MIRAGE_CO_ASSERT(writing.spawn("writer", write_without_lf(far, taken)).has_value());
    auto line = co_await lines.read_line();
    EXPECT_EQ(error_of(line), error::too_long);
    co_await sleep_for(a_while);
    EXPECT_LT(taken, std::size_t{64} << 20) << "the channel reads on and on";
  }

  task<> small_writes_are_gathered_until_they_are_flushed() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    auto one = co_await lines.write(as_bytes("one "));
    EXPECT_EQ(outcome(one), "ok");
    auto two = co_await lines.write_line("two");
    EXPECT_EQ(outcome(two), "ok");
    auto early = co_await with_timeout(a_while / 10, far.read());
    EXPECT_FALSE(early.has_value()) << "a few bytes went to the flow by themselves";
    auto flushed = co_await lines.flush();
    EXPECT_EQ(outcome(flushed), "ok");
    const std::string got = co_await read_bytes(far, 8);
    EXPECT_EQ(got, "one two\n");
    auto again = co_await lines.flush();
    EXPECT_EQ(outcome(again), "ok");
  }

  task<> large_writes_go_to_the_flow() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    const std::string large = pattern(500'000);
    auto [written, got] = co_await when_all(write_and_flush(lines, large), read_bytes(far, large.size()));
    EXPECT_EQ(outcome(written), "ok");
    EXPECT_TRUE(got == large);
  }

  task<> a_cancelled_read_keeps_what_came() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    co_await say(far, "half a ");
    auto half = co_await with_timeout(a_while / 10, line(lines));
    EXPECT_FALSE(half.has_value());
    co_await say(far, "line\n");
    auto whole = co_await lines.read_line();
    EXPECT_EQ(text_of(whole), "half a line");
    co_await say(far, "1234");
    auto four = co_await with_timeout(a_while / 10, exactly(lines, 8));
    EXPECT_FALSE(four.has_value());
    co_await say(far, "5678");
    auto eight = co_await lines.read_exactly(8);
    EXPECT_EQ(text_of(eight), "12345678");
  }

  task<> a_failed_flow_stays_failed() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    destroy(std::move(far));
    for (int i = 0; i < 2; ++i) {
      auto line = co_await lines.read_line();
      EXPECT_EQ(error_of(line), error::flow_failed);
    }
    auto written = co_await write_and_flush(lines, "anybody there?");
    EXPECT_EQ(error_of(written), error::flow_failed);
    auto again = co_await lines.flush();
    EXPECT_EQ(error_of(again), error::flow_failed);
  }

  task<> a_cancelled_flush_poisons_what_is_written_later() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    const std::string large = pattern(std::size_t{64} << 20);
    auto cancelled = co_await with_timeout(a_while, write_and_flush(lines, large));
    MIRAGE_CO_ASSERT(!cancelled.has_value());
    auto later = co_await write_and_flush(lines, "after the hole");
    EXPECT_EQ(error_of(later), error::flow_failed);
  }

  task<> one_reads_while_another_writes() {
    auto [near, far] = co_await subject.connect();
    channel lines = subject.make(near);
    std::string all;
    for (int i = 0; i < 100; ++i) all += "line number " + std::to_string(i) + "\n";
    const std::string large = pattern(100'000);
    auto [wrote, checked, sent, got] =
        co_await when_all(write_pieces(far, all, 11), check_lines(lines, 100), write_and_flush(lines, large),
                          read_bytes(far, large.size()));
    EXPECT_EQ(wrote, "ok");
    EXPECT_EQ(outcome(sent), "ok");
    EXPECT_TRUE(got == large);
  }

  static std::vector<suite_test<channel_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(channel_suite, lines_end_with_lf_or_crlf),
        MIRAGE_SUITE_TEST(channel_suite, lines_come_in_pieces_and_many_at_once),
        MIRAGE_SUITE_TEST(channel_suite, the_last_line_may_lack_its_end),
        MIRAGE_SUITE_TEST(channel_suite, an_empty_input_has_no_line),
        MIRAGE_SUITE_TEST(channel_suite, counted_bytes_come_in_one_buffer),
        MIRAGE_SUITE_TEST(channel_suite, fewer_bytes_than_asked_for_stay),
        MIRAGE_SUITE_TEST(channel_suite, some_is_what_is_there),
        MIRAGE_SUITE_TEST(channel_suite, what_is_too_long_is_told_and_not_consumed),
        MIRAGE_SUITE_TEST(channel_suite, a_line_without_end_does_not_fill_the_memory),
        MIRAGE_SUITE_TEST(channel_suite, small_writes_are_gathered_until_they_are_flushed),
        MIRAGE_SUITE_TEST(channel_suite, large_writes_go_to_the_flow),
        MIRAGE_SUITE_TEST(channel_suite, a_cancelled_read_keeps_what_came),
        MIRAGE_SUITE_TEST(channel_suite, a_failed_flow_stays_failed),
        MIRAGE_SUITE_TEST(channel_suite, a_cancelled_flush_poisons_what_is_written_later),
        MIRAGE_SUITE_TEST(channel_suite, one_reads_while_another_writes),
    };
  }

 private:
  using answer = result<buffer, v1::channel_error>;

  template <class Flow>
  static task<> say(Flow& to, std::string_view text) {
    auto written = co_await to.write(buffer_of(text));
    EXPECT_EQ(outcome(written), "ok");
  }
  template <class Flow>
  static void destroy([[maybe_unused]] Flow which) {}
  template <class Flow>
  static task<> write_without_lf(Flow& to, std::size_t& taken) {
    while (taken < std::size_t{64} << 20) {
      auto written = co_await to.write(buffer_of(std::string(1000, 'x')));
      if (!written) co_return;
      taken += 1000;
    }
  }
  static task<> check_lines(channel& lines, int count) {
    for (int i = 0; i < count; ++i) {
      auto line = co_await lines.read_line();
      EXPECT_EQ(text_of(line), "line number " + std::to_string(i));
    }
  }
  static task<> check_too_long(channel& lines, const std::string& fits, const std::string& too_long) {
    auto first = co_await lines.read_line();
    EXPECT_TRUE(text_of(first) == fits);
    for (int i = 0; i < 2; ++i) {
      auto second = co_await lines.read_line();
      EXPECT_EQ(error_of(second), error::too_long);
    }
    // Another way to read it goes on where it was.
    std::string skipped;
    while (skipped.size() < too_long.size()) {
      auto part = co_await lines.read_exactly(1);
      MIRAGE_CO_ASSERT(part.has_value());
      skipped += part->text();
    }
    EXPECT_TRUE(skipped == too_long);
    auto end = co_await lines.read_line();
    EXPECT_EQ(text_of(end), "");
    auto after = co_await lines.read_line();
    EXPECT_EQ(text_of(after), "after");
  }
  static task<answer> line(channel& from) {
    auto got = co_await from.read_line();
    co_return got;
  }
  static task<answer> exactly(channel& from, std::size_t count) {
    auto got = co_await from.read_exactly(count);
    co_return got;
  }
  static task<answer> some(channel& from) {
    auto got = co_await from.read_some();
    co_return got;
  }
  static task<result<void, v1::channel_error>> write_and_flush(channel& to, std::string_view text) {
    MIRAGE_CO_TRY_VOID(co_await to.write(as_bytes(text)));
    auto flushed = co_await to.flush();
    co_return flushed;
  }
};

}  // namespace mirage::test
