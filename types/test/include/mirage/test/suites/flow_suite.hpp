// SPDX-License-Identifier: ISC
// `v1::flow`: order, back-pressure, the ends of a stream in order and without, and cancelling.
//
// The subject, besides what suite.hpp asks for:
//   using flow = ...;                        the implementation under test
//   task<std::pair<flow, P>> connect();      two ends of one connection; P is a flow, too, of any type
// A flow must hold 4 KiB that nobody reads, and less than 64 MiB.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

// ---- Reading and writing as the suites do it -----------------------------------------------------------

/// Reads until the end of the stream, or an error, which is appended in words.
template <v1::flow_read Flow>
task<std::string> read_to_end(Flow& from) {
  std::string all;
  while (true) {
    auto part = co_await from.read();
    if (!part) co_return all + "[" + std::string(describe(part.error())) + "]";
    if (part->empty()) co_return all;
    all += part->text();
  }
}

/// Reads that many bytes, or fewer at the end of the stream.
template <v1::flow_read Flow>
task<std::string> read_bytes(Flow& from, std::size_t count) {
  std::string all;
  while (all.size() < count) {
    auto part = co_await from.read();
    if (!part) co_return all + "[" + std::string(describe(part.error())) + "]";
    if (part->empty()) co_return all + "[end]";
    all += part->text();
  }
  co_return all;
}

/// Writes the text in pieces of that size; the outcome in words.
template <v1::flow_write Flow>
task<std::string> write_pieces(Flow& to, std::string_view text, std::size_t piece) {
  while (!text.empty()) {
    auto written = co_await to.write(buffer_of(text.substr(0, piece)));
    if (!written) co_return outcome(written);
    text.remove_prefix(std::min(piece, text.size()));
  }
  co_return "ok";
}

/// Writes until it is cancelled or refused; tells how many bytes were taken by writes that were done.
template <v1::flow_write Flow>
task<> write_for_ever(Flow& to, std::size_t& taken) {
  static constexpr std::size_t piece = 1024;
  while (true) {
    auto written = co_await to.write(buffer_of(pattern(piece)));
    if (!written) co_return;
    taken += piece;
  }
}

template <class Subject>
class flow_suite {
  using flow = typename Subject::flow;
  static_assert(v1::flow<flow>);

 public:
  explicit flow_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;
  // More than any flow holds between two ends that are on one machine.
  static constexpr std::size_t too_much = std::size_t{64} << 20;

  task<> bytes_arrive_in_order_both_ways_at_once() {
    auto [near, far] = co_await subject.connect();
    const std::string there = pattern(300'000, 1);
    const std::string back = pattern(200'000, 2);
    auto [wrote_there, wrote_back, read_there, read_back] =
        co_await when_all(write_pieces(near, there, 7919), write_pieces(far, back, 1021),
                          read_bytes(far, there.size()), read_bytes(near, back.size()));
    EXPECT_EQ(wrote_there, "ok");
    EXPECT_EQ(wrote_back, "ok");
    EXPECT_TRUE(read_there == there);
    EXPECT_TRUE(read_back == back);
    co_await close_both(near, far);
  }

  task<> a_list_is_written_whole_and_in_order() {
    auto [near, far] = co_await subject.connect();
    buffer_list list;
    std::string whole;
    for (unsigned i = 0; i < buffer_list::capacity(); ++i) {
      const std::string part = pattern(i * 100, i);
      list.push_back(buffer_of(part));
      whole += part;
    }
    auto [written, got] = co_await when_all(write_list(near, std::move(list)), read_bytes(far, whole.size()));
    EXPECT_EQ(written, "ok");
    EXPECT_TRUE(got == whole);
    co_await close_both(near, far);
  }

  task<> writing_nothing_is_done_at_once_and_is_no_end() {
    auto [near, far] = co_await subject.connect();
    auto empty = co_await near.write(buffer{});
    EXPECT_EQ(outcome(empty), "ok");
    auto no_parts = co_await near.write(buffer_list{});
    EXPECT_EQ(outcome(no_parts), "ok");
    auto text = co_await near.write(buffer_of("then something"));
    EXPECT_EQ(outcome(text), "ok");
    const std::string got = co_await read_bytes(far, 14);
    EXPECT_EQ(got, "then something");
    co_await close_both(near, far);
  }

  task<> read_only_memory_can_be_written() {
    static constexpr char text[] = "in the image";
    auto [near, far] = co_await subject.connect();
    auto written = co_await near.write(buffer::from_static(as_bytes(text)));
    EXPECT_EQ(outcome(written), "ok");
    const std::string got = co_await read_bytes(far, std::string_view(text).size());
    EXPECT_EQ(got, text);
    co_await close_both(near, far);
  }

  task<> a_reader_waits_for_the_bytes() {
    auto [near, far] = co_await subject.connect();
    auto early = co_await with_timeout(a_while, near.read());
    EXPECT_FALSE(early.has_value()) << "a read was done before anything was written";
    auto written = co_await far.write(buffer_of("late"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string got = co_await read_bytes(near, 4);
    EXPECT_EQ(got, "late") << "a cancelled read has lost something";
    co_await close_both(near, far);
  }

  task<> a_read_cancelled_when_the_bytes_are_there_loses_nothing() {
    auto [near, far] = co_await subject.connect();
    for (unsigned rounds = 0; rounds < 4; ++rounds) {
      // The more rounds go by between the write and the cancel, the further the reader has come.
      scope reading;
      MIRAGE_CO_ASSERT(reading.spawn("reader", read_and_hold(near)).has_value());
      co_await sleep_for(a_while / 10);
      auto written = co_await far.write(buffer_of("x"));
      EXPECT_EQ(outcome(written), "ok");
      for (unsigned i = 0; i < rounds; ++i) co_await yield();
      const bool taken = held_;
      reading.cancel();
      if (taken) {
        held_ = false;
        continue;
      }
      auto again = co_await with_timeout(a_while, near.read());
      MIRAGE_CO_ASSERT(again.has_value());
      EXPECT_EQ(text_of(*again), "x") << "lost when cancelled after " << rounds << " rounds";
    }
    co_await close_both(near, far);
  }

  task<> a_full_flow_makes_the_writer_wait() {
    auto [near, far] = co_await subject.connect();
    std::size_t taken = 0;
    scope writing;
    MIRAGE_CO_ASSERT(writing.spawn("writer", write_for_ever(near, taken)).has_value());
    const std::size_t held = co_await until_it_stands_still(taken);
    MIRAGE_CO_ASSERT(held < too_much);
    EXPECT_GT(held, 0u);
    // Reading makes room again.
    const std::string got = co_await read_bytes(far, held);
    EXPECT_GE(got.size(), held);
    co_await sleep_for(a_while);
    EXPECT_GT(taken, held) << "the writer still waits, though there is room";
  }

  task<> shutdown_ends_one_direction_and_reading_goes_on() {
    auto [near, far] = co_await subject.connect();
    auto written = co_await near.write(buffer_of("question"));
    EXPECT_EQ(outcome(written), "ok");
    co_await near.shutdown();
    const std::string asked = co_await read_to_end(far);
    EXPECT_EQ(asked, "question");
    auto answered = co_await far.write(buffer_of("answer"));
    EXPECT_EQ(outcome(answered), "ok");
    co_await far.shutdown();
    const std::string got = co_await read_to_end(near);
    EXPECT_EQ(got, "answer");
    co_await close_both(near, far);
  }

  task<> the_end_stays_the_answer() {
    auto [near, far] = co_await subject.connect();
    co_await far.shutdown();
    for (int i = 0; i < 3; ++i) {
      auto end = co_await near.read();
      MIRAGE_CO_ASSERT(end.has_value());
      EXPECT_TRUE(end->empty());
    }
    co_await close_both(near, far);
  }

  task<> a_waiting_reader_sees_the_end() {
    auto [near, far] = co_await subject.connect();
    auto [got, done] = co_await when_all(read_to_end(near), shut_down_later(far));
    EXPECT_EQ(got, "");
    co_await close_both(near, far);
  }

  task<> nothing_is_written_after_shutdown() {
    auto [near, far] = co_await subject.connect();
    co_await near.shutdown();
    co_await near.shutdown();
    auto written = co_await near.write(buffer_of("late"));
    EXPECT_EQ(error_of(written), v1::flow_error::closed);
    const std::string got = co_await read_to_end(far);
    EXPECT_EQ(got, "");
    co_await close_both(near, far);
  }

  task<> close_delivers_what_was_written() {
    auto [near, far] = co_await subject.connect();
    auto written = co_await near.write(buffer_of("last words"));
    EXPECT_EQ(outcome(written), "ok");
    co_await near.close();
    co_await near.close();
    const std::string got = co_await read_to_end(far);
    EXPECT_EQ(got, "last words");
    co_await far.close();
  }

  task<> close_then_destroy_is_no_abort() {
    auto [near, far] = co_await subject.connect();
    auto written = co_await near.write(buffer_of("last words"));
    EXPECT_EQ(outcome(written), "ok");
    co_await close_and_destroy(std::move(near));
    const std::string got = co_await read_to_end(far);
    EXPECT_EQ(got, "last words");
    co_await far.close();
  }

  task<> reads_and_writes_after_close_say_closed() {
    auto [near, far] = co_await subject.connect();
    auto unread = co_await far.write(buffer_of("never read"));
    EXPECT_EQ(outcome(unread), "ok");
    co_await near.close();
    auto read = co_await near.read();
    EXPECT_EQ(error_of(read), v1::flow_error::closed);
    auto written = co_await near.write(buffer_of("late"));
    EXPECT_EQ(error_of(written), v1::flow_error::closed);
    co_await far.close();
  }

  task<> close_wakes_who_waits() {
    auto [near, far] = co_await subject.connect();
    auto [got, done] = co_await when_all(read_to_end(near), close_later(near));
    EXPECT_EQ(got, "[the connection is closed]");
    co_await far.close();
  }

  task<> destroying_it_resets_the_peer() {
    auto [near, far] = co_await subject.connect();
    {
      flow gone(std::move(near));
    }
    auto read = co_await far.read();
    EXPECT_EQ(error_of(read), v1::flow_error::reset);
    auto written = co_await far.write(buffer_of("anybody there?"));
    EXPECT_EQ(error_of(written), v1::flow_error::reset);
    auto again = co_await far.read();
    EXPECT_EQ(error_of(again), v1::flow_error::reset) << "a reset stays";
  }

  task<> a_reset_wakes_a_waiting_reader_and_writer() {
    auto [near, far] = co_await subject.connect();
    std::size_t taken = 0;
    scope writing;
    MIRAGE_CO_ASSERT(writing.spawn("writer", write_for_ever(near, taken)).has_value());
    auto held = co_await until_it_stands_still(taken);
    EXPECT_LT(held, too_much);
    auto [got, done] = co_await when_all(read_to_end(near), destroy_later(std::move(far)));
    EXPECT_EQ(got, "[the connection was reset]");
    co_await sleep_for(a_while / 10);
    EXPECT_EQ(writing.size(), 0u) << "the writer waits for a peer that is gone";
  }

  task<> a_write_cancelled_half_way_poisons_the_flow() {
    auto [near, far] = co_await subject.connect();
    buffer large = buffer::allocate(too_much);
    MIRAGE_CO_ASSERT(large);
    {
      scope writing;
      MIRAGE_CO_ASSERT(writing.spawn("writer", write_one(near, std::move(large))).has_value());
      co_await sleep_for(a_while);
      MIRAGE_CO_ASSERT(writing.size() == 1);
    }
    auto later = co_await near.write(buffer_of("after the hole"));
    EXPECT_EQ(error_of(later), v1::flow_error::closed);
  }

  task<> a_write_cancelled_before_it_began_leaves_no_trace() {
    auto [near, far] = co_await subject.connect();
    {
      scope writing;
      MIRAGE_CO_ASSERT(writing.spawn("writer", write_one(near, buffer_of("never"))).has_value());
    }
    auto written = co_await near.write(buffer_of("always"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string got = co_await read_bytes(far, 6);
    EXPECT_EQ(got, "always");
    co_await close_both(near, far);
  }

  task<> it_can_be_moved() {
    auto [near, far] = co_await subject.connect();
    auto written = co_await near.write(buffer_of("before"));
    EXPECT_EQ(outcome(written), "ok");
    flow moved(std::move(near));
    auto [other, other_far] = co_await subject.connect();
    other = std::move(moved);  // what it was is aborted
    written = co_await other.write(buffer_of(" and after"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string got = co_await read_bytes(far, 16);
    EXPECT_EQ(got, "before and after");
    auto read = co_await other_far.read();
    EXPECT_EQ(error_of(read), v1::flow_error::reset);
    co_await close_both(other, far);
  }

  static std::vector<suite_test<flow_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(flow_suite, bytes_arrive_in_order_both_ways_at_once),
        MIRAGE_SUITE_TEST(flow_suite, a_list_is_written_whole_and_in_order),
        MIRAGE_SUITE_TEST(flow_suite, writing_nothing_is_done_at_once_and_is_no_end),
        MIRAGE_SUITE_TEST(flow_suite, read_only_memory_can_be_written),
        MIRAGE_SUITE_TEST(flow_suite, a_reader_waits_for_the_bytes),
        MIRAGE_SUITE_TEST(flow_suite, a_read_cancelled_when_the_bytes_are_there_loses_nothing),
        MIRAGE_SUITE_TEST(flow_suite, a_full_flow_makes_the_writer_wait),
        MIRAGE_SUITE_TEST(flow_suite, shutdown_ends_one_direction_and_reading_goes_on),
        MIRAGE_SUITE_TEST(flow_suite, the_end_stays_the_answer),
        MIRAGE_SUITE_TEST(flow_suite, a_waiting_reader_sees_the_end),
        MIRAGE_SUITE_TEST(flow_suite, nothing_is_written_after_shutdown),
        MIRAGE_SUITE_TEST(flow_suite, close_delivers_what_was_written),
        MIRAGE_SUITE_TEST(flow_suite, close_then_destroy_is_no_abort),
        MIRAGE_SUITE_TEST(flow_suite, reads_and_writes_after_close_say_closed),
        MIRAGE_SUITE_TEST(flow_suite, close_wakes_who_waits),
        MIRAGE_SUITE_TEST(flow_suite, destroying_it_resets_the_peer),
        MIRAGE_SUITE_TEST(flow_suite, a_reset_wakes_a_waiting_reader_and_writer),
        MIRAGE_SUITE_TEST(flow_suite, a_write_cancelled_half_way_poisons_the_flow),
        MIRAGE_SUITE_TEST(flow_suite, a_write_cancelled_before_it_began_leaves_no_trace),
        MIRAGE_SUITE_TEST(flow_suite, it_can_be_moved),
    };
  }

 private:
  template <class One, class Other>
  static task<> close_both(One& one, Other& other) {
    co_await one.close();
    co_await other.close();
  }
  static task<std::string> write_list(flow& to, buffer_list list) {
    auto written = co_await to.write(std::move(list));
    co_return outcome(written);
  }
  static task<> write_one(flow& to, buffer data) {
    auto written = co_await to.write(std::move(data));
    EXPECT_EQ(outcome(written), "cancelled before it was done");
  }
  task<> read_and_hold(flow& from) {
    auto got = co_await from.read();
    EXPECT_EQ(text_of(got), "x");
    held_ = true;
  }
  template <class Flow>
  static task<> shut_down_later(Flow& which) {
    co_await sleep_for(a_while / 10);
    co_await which.shutdown();
  }
  static task<> close_later(flow& which) {
    co_await sleep_for(a_while / 10);
    co_await which.close();
  }
  template <class Flow>
  static task<> destroy_later([[maybe_unused]] Flow which) {
    co_await sleep_for(a_while / 10);
  }
  static task<> close_and_destroy(flow which) { co_await which.close(); }

  /// Waits until no more bytes are taken, and gives how many were.
  static task<std::size_t> until_it_stands_still(const std::size_t& taken) {
    std::size_t before = taken;
    do {
      before = taken;
      co_await sleep_for(a_while);
    } while (taken != before && taken < too_much);
    co_return taken;
  }

  bool held_ = false;
};

}  // namespace mirage::test
