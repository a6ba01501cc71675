// SPDX-License-Identifier: ISC
// The calls of spt against a kernel that records them: numbers and arguments are what the filter of a tender
// lets through.
#include "mirage/solo5/spt.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace mirage::solo5 {
namespace {

struct made_call {
  long number = 0;
  std::array<long, 6> arguments{};
};

/// Any of the kernel's calls; `answer` is what each gives.
struct recording_kernel {
  template <class... Arguments>
  long operator()(long number, Arguments... arguments) {
    made_call& made = calls.emplace_back(made_call{.number = number});
    std::size_t place = 0;
    ((made.arguments[place++] = static_cast<long>(arguments)), ...);
    if (number == spt::timerfd_settime)
      std::memcpy(&timer, std::bit_cast<const void*>(made.arguments[2]), sizeof timer);
    if (number == spt::epoll_pwait && !events.empty())
      std::memcpy(std::bit_cast<void*>(made.arguments[1]), events.data(), events.size() * sizeof events[0]);
    if (number == spt::epoll_pwait) return static_cast<long>(events.size());
    if (number == spt::clock_gettime)
      std::memcpy(std::bit_cast<void*>(made.arguments[1]), &clock, sizeof clock);
    return answers.empty() ? 0 : std::exchange(answers, std::vector(answers.begin() + 1, answers.end()))[0];
  }
  std::vector<made_call> calls;
  std::vector<long> answers;
  std::vector<spt::epoll_event> events;
  spt::timer_setting timer{};
  spt::time_spec clock{};
};

constexpr spt::boot_info boot{
    .memory_size = 0, .kernel_end = 0, .command_line = 0, .manifest = 0, .epoll = 4, .timer = 5};

TEST(solo5_spt, the_console_takes_all_of_a_text) {
  recording_kernel kernel;
  kernel.answers = {2, -11, 3};
  const std::string_view text = "hello";
  spt::put(kernel, text);
  ASSERT_EQ(kernel.calls.size(), 3U);
  EXPECT_EQ(kernel.calls[0].number, spt::write);
  EXPECT_EQ(kernel.calls[0].arguments, (std::array<long, 6>{1, spt::as_word(text.data()), 5}));
  EXPECT_EQ(kernel.calls[1].arguments, (std::array<long, 6>{1, spt::as_word(text.data() + 2), 3}));
  EXPECT_EQ(kernel.calls[2].arguments, kernel.calls[1].arguments);
}

TEST(solo5_spt, a_console_that_is_gone_loses_the_text) {
  recording_kernel kernel;
  kernel.answers = {-32};
  spt::put(kernel, "hello");
  EXPECT_EQ(kernel.calls.size(), 1U);
}

TEST(solo5_spt, clocks_are_in_nanoseconds) {
  recording_kernel kernel;
  kernel.clock = {.seconds = 3, .nanoseconds = 7};
  EXPECT_EQ(spt::read_clock(kernel, spt::monotonic), duration{3'000'000'007});
  EXPECT_EQ(kernel.calls[0].arguments[0], 1);
  EXPECT_EQ(spt::read_clock(kernel, spt::realtime), duration{3'000'000'007});
  EXPECT_EQ(kernel.calls[1].arguments[0], 0);
}

TEST(solo5_spt, sleeps_until_its_timer_and_sets_it_once) {
  recording_kernel kernel;
  instant armed = never;
  const instant deadline{2s + 500ns};
  kernel.events = {{.events = 1, .data = spt::timer_event}};
  EXPECT_EQ(spt::wait_for_events(kernel, boot, deadline, false, armed), 0U);
  ASSERT_EQ(kernel.calls.size(), 2U);
  EXPECT_EQ(kernel.calls[0].number, spt::timerfd_settime);
  EXPECT_EQ(kernel.calls[0].arguments[0], 5);
  EXPECT_EQ(kernel.calls[0].arguments[1], 1);
  EXPECT_EQ(kernel.timer.value.seconds, 2);
  EXPECT_EQ(kernel.timer.value.nanoseconds, 501);
  EXPECT_EQ(kernel.calls[1].number, spt::epoll_pwait);
  EXPECT_EQ(kernel.calls[1].arguments[0], 4);
  EXPECT_EQ(kernel.calls[1].arguments[3], -1);
  EXPECT_EQ(kernel.calls[1].arguments[4], 0);
  EXPECT_EQ(spt::wait_for_events(kernel, boot, deadline, false, armed), 0U);
  EXPECT_EQ(kernel.calls.size(), 3U);
  EXPECT_EQ(spt::wait_for_events(kernel, boot, never, false, armed), 0U);
  EXPECT_EQ(kernel.timer.value.seconds + kernel.timer.value.nanoseconds, 0) << "disarmed";
}

TEST(solo5_spt, only_looks_without_the_timer) {
  recording_kernel kernel;
  instant armed = never;
  kernel.events = {
      {.events = 1, .data = 3}, {.events = 1, .data = spt::shutdown_event}, {.events = 1, .data = 64}};
  EXPECT_EQ(spt::wait_for_events(kernel, boot, instant{1s}, true, armed), 0b1001U);
  ASSERT_EQ(kernel.calls.size(), 1U);
  EXPECT_EQ(kernel.calls[0].arguments[3], 0);
}

TEST(solo5_spt, a_wait_that_fails_finds_nothing) {
  recording_kernel kernel;
  instant armed = never;
  EXPECT_EQ(spt::wait_for_events(kernel, boot, never, false, armed), 0U);
}

TEST(solo5_spt, frames_go_through_the_descriptor) {
  recording_kernel kernel;
  const attached_device net{.handle = 2, .type = entry_type::network, .descriptor = 9};
  std::array<std::byte, 100> room{};
  kernel.answers = {60, -11, -5, 100, 99, -11};
  EXPECT_EQ(spt::network_read(kernel, net, room), 60U);
  EXPECT_EQ(kernel.calls[0].number, spt::read);
  EXPECT_EQ(kernel.calls[0].arguments, (std::array<long, 6>{9, spt::as_word(room.data()), 100}));
  EXPECT_EQ(spt::network_read(kernel, net, room), fail(call_error::again));
  EXPECT_EQ(spt::network_read(kernel, net, room), fail(call_error::failed));
  EXPECT_TRUE(spt::network_write(kernel, net, room));
  EXPECT_EQ(kernel.calls[3].number, spt::write);
  EXPECT_EQ(kernel.calls[3].arguments, kernel.calls[0].arguments);
  EXPECT_EQ(spt::network_write(kernel, net, room).error(), call_error::failed);
  EXPECT_EQ(spt::network_write(kernel, net, room).error(), call_error::again);
}

TEST(solo5_spt, blocks_go_whole) {
  recording_kernel kernel;
  const attached_device disk{.handle = 1, .descriptor = 8, .capacity = 8192, .block_size = 4096};
  std::array<std::byte, 4096> block{};
  kernel.answers = {4096, 4096, 512};
  EXPECT_TRUE(spt::block_transfer(kernel, spt::pread64, disk, 4096, block.data()));
  EXPECT_EQ(kernel.calls[0].number, spt::pread64);
  EXPECT_EQ(kernel.calls[0].arguments, (std::array<long, 6>{8, spt::as_word(block.data()), 4096, 4096}));
  EXPECT_TRUE(spt::block_transfer(kernel, spt::pwrite64, disk, 0, block.data()));
  EXPECT_EQ(kernel.calls[1].number, spt::pwrite64);
  EXPECT_EQ(spt::block_transfer(kernel, spt::pread64, disk, 0, block.data()).error(), call_error::failed);
}

}  // namespace
}  // namespace mirage::solo5
