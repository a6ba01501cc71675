// SPDX-License-Identifier: ISC
// `v1::network`: sending and receiving frames, the sink's three calls, and what is refused.
//
// The subject, besides what suite.hpp asks for:
//   using network = ...;                    the implementation under test
//   network& device();
//   void inject(std::string_view frame);    a frame comes in
//   std::vector<std::string> take_sent();   the frames that went out since the last call
//   void hold(bool held);                   the wire takes no frames for now; optional
//   void set_link(bool up);                 optional
#pragma once

#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// A frame to everybody, of the type for local experiments (IEEE 802, 0x88b5), that many bytes in all.
inline std::string make_frame(std::size_t size, unsigned seed = 0) {
  std::string frame = std::string(6, '\xff') + std::string("\x02\0\0\0\0\x77", 6) + "\x88\xb5";
  return frame + pattern(size - frame.size(), seed);
}

/// A sink that keeps what it was told. `on_input`, where given, is called from inside.
class recording_sink {
 public:
  void input(buffer&& frame, const v1::received&) {
    frames.emplace_back(frame.text());
    ++since_batch_end;
    if (keep) kept.push_back(std::move(frame));
    if (on_input) on_input();
  }
  void batch_end() {
    EXPECT_GT(since_batch_end, 0u) << "a batch without a frame";
    since_batch_end = 0;
    ++batches;
  }
  void writable() { ++told_writable; }

  std::vector<std::string> frames;
  std::vector<buffer> kept;
  bool keep = false;
  std::size_t since_batch_end = 0;
  std::size_t batches = 0;
  std::size_t told_writable = 0;
  std::function<void()> on_input;
};

template <class Subject>
class network_suite {
  using network = typename Subject::network;
  static_assert(v1::network<network>);

 public:
  explicit network_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() {
    expect_device(subject.device());
    EXPECT_FALSE(subject.device().mac().is_multicast());
    EXPECT_NE(subject.device().mac(), mac_address{});
    const v1::capabilities what = subject.device().capabilities();
    EXPECT_GE(what.mtu, 1280u) << "what IPv6 needs at least";
    EXPECT_GE(what.batch, 1u);
    EXPECT_EQ(what, subject.device().capabilities());
  }

  task<> a_frame_is_sent_as_it_was_filled_in() {
    const std::string frame = make_frame(100);
    auto sent = write(frame);
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({frame});
  }

  task<> slices_come_behind_what_was_filled_in() {
    const std::string frame = make_frame(1200);
    buffer_list slices;
    slices.push_back(buffer_of(frame.substr(40, 1)));
    slices.push_back(buffer{});
    slices.push_back(buffer_of(frame.substr(41, 959)));
    slices.push_back(buffer_of(frame.substr(1000)));
    auto sent = write(frame.substr(0, 40), std::move(slices));
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({frame});
  }

  task<> fill_is_called_once_before_write_returns_with_room_enough() {
    int calls = 0;
    std::size_t room = 0;
    auto fill = [&calls, &room](bytes to) noexcept {
      ++calls;
      room = to.size();
      const std::string frame = make_frame(60);
      std::memcpy(to.data(), frame.data(), frame.size());
      return frame.size();  // less than was announced
    };
    auto sent = subject.device().write({.header = 500}, fill, {});
    EXPECT_EQ(outcome(sent), "ok");
    EXPECT_EQ(calls, 1);
    EXPECT_GE(room, 500u);
    co_await expect_sent({make_frame(60)});
  }

  task<> the_longest_frame_goes_and_a_longer_one_does_not() {
    const std::size_t longest = 14 + subject.device().capabilities().mtu;
    auto sent = write(make_frame(longest));
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({make_frame(longest)});
    bool filled = false;
    auto fill = [&filled](bytes to) noexcept {
      filled = true;
      return to.size();
    };
    auto refused = subject.device().write({.header = longest + 1}, fill, {});
    EXPECT_EQ(error_of(refused), v1::net_error::too_long);
    buffer slice = buffer_of(std::string(longest, 'x'));
    buffer_list slices;
    slices.push_back(slice.share());
    refused = subject.device().write({.header = 14}, fill, std::move(slices));
    EXPECT_EQ(error_of(refused), v1::net_error::too_long);
    EXPECT_FALSE(filled);
    EXPECT_TRUE(slice.unique()) << "the slices are released";
    co_await sleep_for(a_while / 10);
    EXPECT_TRUE(subject.take_sent().empty());
  }

  task<> frames_go_out_in_order() {
    std::vector<std::string> frames;
    for (unsigned i = 0; i < 32; ++i) {
      frames.push_back(make_frame(60 + i, i));
      auto sent = write(frames.back());
      EXPECT_EQ(outcome(sent), "ok");
    }
    co_await expect_sent(frames);
  }

  task<> slices_are_released_when_they_were_sent() {
    const std::string frame = make_frame(1000);
    buffer payload = buffer_of(frame.substr(14));
    buffer_list slices;
    slices.push_back(payload.share());
    auto sent = write(frame.substr(0, 14), std::move(slices));
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({frame});
    for (int i = 0; i < 100 && !payload.unique(); ++i) co_await sleep_for(a_while / 100);
    EXPECT_TRUE(payload.unique());
  }

  task<> a_frame_that_comes_is_lent_to_the_sink() {
    recording_sink sink;
    const subscription listening = subject.device().listen(sink);
    for (unsigned i = 0; i < 20; ++i) subject.inject(make_frame(60 + 70 * i, i));
    MIRAGE_CO_ASSERT(co_await arrived(sink, 20));
    for (unsigned i = 0; i < 20; ++i)
      EXPECT_TRUE(sink.frames[i] == make_frame(60 + 70 * i, i)) << "frame " << i;
    EXPECT_GE(sink.batches, 1u);
    EXPECT_EQ(sink.since_batch_end, 0u) << "a batch has no end";
    EXPECT_EQ(sink.told_writable, 0u);
  }

  task<> a_frame_that_is_moved_from_is_kept() {
    recording_sink sink;
    sink.keep = true;
    const subscription listening = subject.device().listen(sink);
    for (unsigned i = 0; i < 50; ++i) {
      subject.inject(make_frame(200, i));
      co_await sleep_for(a_while / 100);
    }
    MIRAGE_CO_ASSERT(co_await arrived(sink, 50));
    for (unsigned i = 0; i < 50; ++i)
      EXPECT_TRUE(sink.kept[i].text() == make_frame(200, i)) << "frame " << i << " was written over";
  }

  task<> a_sink_may_send_from_inside() {
    recording_sink sink;
    sink.on_input = [this] {
      auto sent = write(make_frame(80, 9));
      EXPECT_EQ(outcome(sent), "ok");
    };
    const subscription listening = subject.device().listen(sink);
    subject.inject(make_frame(60));
    MIRAGE_CO_ASSERT(co_await arrived(sink, 1));
    co_await expect_sent({make_frame(80, 9)});
  }

  task<> nothing_comes_without_a_subscription() {
    recording_sink sink;
    subscription listening = subject.device().listen(sink);
    listening.cancel();
    subject.inject(make_frame(60));
    co_await sleep_for(a_while / 10);
    EXPECT_TRUE(sink.frames.empty());
    listening = subject.device().listen(sink);
    subject.inject(make_frame(61));
    MIRAGE_CO_ASSERT(co_await arrived(sink, 1));
    EXPECT_EQ(sink.frames[0].size(), 61u) << "what came meanwhile is dropped";
  }

  task<> a_sink_may_end_its_own_subscription() {
    recording_sink sink;
    subscription listening = subject.device().listen(sink);
    sink.on_input = [&listening] { listening.cancel(); };
    for (int i = 0; i < 5; ++i) subject.inject(make_frame(60));
    co_await sleep_for(a_while / 10);
    EXPECT_EQ(sink.frames.size(), 1u);
  }

  void two_sinks_stop_the_unikernel() {
    EXPECT_DEATH_IF_SUPPORTED(
        {
          recording_sink one;
          recording_sink other;
          const subscription first = subject.device().listen(one);
          const subscription second = subject.device().listen(other);
        },
        "");
  }

  task<> a_full_ring_refuses_and_tells_when_there_is_room() {
    recording_sink sink;
    const subscription listening = subject.device().listen(sink);
    subject.hold(true);
    std::size_t taken = 0;
    result<void, v1::net_error> sent;
    while (taken < 100'000 && (sent = write(make_frame(1000)))) ++taken;
    EXPECT_EQ(error_of(sent), v1::net_error::full);
    EXPECT_GT(taken, 0u);
    bool filled = false;
    buffer slice = buffer_of("slice");
    buffer_list slices;
    slices.push_back(slice.share());
    auto fill = [&filled](bytes to) noexcept {
      filled = true;
      return to.size();
    };
    sent = subject.device().write({.header = 100}, fill, std::move(slices));
    EXPECT_EQ(error_of(sent), v1::net_error::full);
    EXPECT_FALSE(filled);
    EXPECT_TRUE(slice.unique());
    EXPECT_EQ(sink.told_writable, 0u);
    subject.hold(false);
    for (int i = 0; i < 100 && sink.told_writable == 0; ++i) co_await sleep_for(a_while / 100);
    EXPECT_EQ(sink.told_writable, 1u) << "told once, however often it was refused";
    sent = write(make_frame(100));
    EXPECT_EQ(outcome(sent), "ok");
    std::size_t out = 0;
    for (int i = 0; i < 100 && out < taken + 1; ++i) {
      out += subject.take_sent().size();
      co_await sleep_for(a_while / 100);
    }
    EXPECT_EQ(out, taken + 1) << "what was taken is sent, and nothing else";
  }

  task<> without_a_link_nothing_is_sent() {
    recording_sink sink;
    const subscription listening = subject.device().listen(sink);
    subject.set_link(false);
    auto sent = write(make_frame(100));
    EXPECT_EQ(error_of(sent), v1::net_error::down);
    co_await sleep_for(a_while / 10);
    EXPECT_EQ(sink.told_writable, 0u);
    subject.set_link(true);
    for (int i = 0; i < 100 && sink.told_writable == 0; ++i) co_await sleep_for(a_while / 100);
    EXPECT_EQ(sink.told_writable, 1u);
    sent = write(make_frame(101));
    EXPECT_EQ(outcome(sent), "ok");
    co_await expect_sent({make_frame(101)});
  }

  static std::vector<suite_test<network_suite>> tests() {
    std::vector<suite_test<network_suite>> all{
        MIRAGE_SUITE_TEST(network_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(network_suite, a_frame_is_sent_as_it_was_filled_in),
        MIRAGE_SUITE_TEST(network_suite, slices_come_behind_what_was_filled_in),
        MIRAGE_SUITE_TEST(network_suite, fill_is_called_once_before_write_returns_with_room_enough),
        MIRAGE_SUITE_TEST(network_suite, the_longest_frame_goes_and_a_longer_one_does_not),
        MIRAGE_SUITE_TEST(network_suite, frames_go_out_in_order),
        MIRAGE_SUITE_TEST(network_suite, slices_are_released_when_they_were_sent),
        MIRAGE_SUITE_TEST(network_suite, a_frame_that_comes_is_lent_to_the_sink),
        MIRAGE_SUITE_TEST(network_suite, a_frame_that_is_moved_from_is_kept),
        MIRAGE_SUITE_TEST(network_suite, a_sink_may_send_from_inside),
        MIRAGE_SUITE_TEST(network_suite, nothing_comes_without_a_subscription),
        MIRAGE_SUITE_TEST(network_suite, a_sink_may_end_its_own_subscription),
        MIRAGE_SUITE_TEST(network_suite, two_sinks_stop_the_unikernel),
    };
    if constexpr (requires(Subject& s) { s.hold(true); })
      all.push_back(MIRAGE_SUITE_TEST(network_suite, a_full_ring_refuses_and_tells_when_there_is_room));
    if constexpr (requires(Subject& s) { s.set_link(true); })
      all.push_back(MIRAGE_SUITE_TEST(network_suite, without_a_link_nothing_is_sent));
    return all;
  }

 private:
  result<void, v1::net_error> write(std::string_view filled, buffer_list slices = {}) {
    auto fill = [filled](bytes to) noexcept {
      std::memcpy(to.data(), filled.data(), filled.size());
      return filled.size();
    };
    return subject.device().write({.header = filled.size()}, fill, std::move(slices));
  }
  task<> expect_sent(std::vector<std::string> frames) {
    std::vector<std::string> sent;
    for (int i = 0; i < 100 && sent.size() < frames.size(); ++i) {
      co_await sleep_for(a_while / 100);
      for (std::string& each : subject.take_sent()) sent.push_back(std::move(each));
    }
    EXPECT_EQ(sent.size(), frames.size());
    EXPECT_TRUE(sent == frames) << "other frames were sent";
  }
  static task<bool> arrived(const recording_sink& at, std::size_t count) {
    for (int i = 0; i < 100 && at.frames.size() < count; ++i) co_await sleep_for(a_while / 100);
    EXPECT_EQ(at.frames.size(), count);
    co_return at.frames.size() == count;
  }
};

}  // namespace mirage::test
