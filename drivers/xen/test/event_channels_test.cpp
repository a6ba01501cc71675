// SPDX-License-Identifier: ISC
#include "mirage/xen/event_channels.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "mirage/test/virtual_node.hpp"

namespace {

using namespace mirage::xen;

struct counting_source final : mirage::event_source {
  int polls = 0;
  bool poll() noexcept override {
    ++polls;
    return false;
  }
};

struct event_channels_test : testing::Test {
  mirage::test::virtual_node node;
  std::unique_ptr<shared_info> page = std::make_unique<shared_info>();
  event_channels channels{*page};
  counting_source source;

  // As Xen tells of an event.
  void arrive(event_port port) const {
    page->evtchn_pending[port / 64] |= std::uint64_t{1} << port % 64;
    if ((page->evtchn_mask[port / 64] >> port % 64 & 1) != 0) return;
    page->vcpus[0].evtchn_pending_sel |= std::uint64_t{1} << port / 64;
    page->vcpus[0].evtchn_upcall_pending = 1;
  }
  int polled() {
    channels.collect(node.tasks);
    node.run_round();
    return std::exchange(source.polls, 0);
  }
};

TEST_F(event_channels_test, a_watched_port_is_looked_at_at_once_and_at_each_event) {
  channels.watch(node.tasks, source, 5);
  EXPECT_EQ(polled(), 1);
  EXPECT_EQ(polled(), 0);
  arrive(5);
  EXPECT_TRUE(channels.has_arrived());
  EXPECT_EQ(polled(), 1);
  EXPECT_FALSE(channels.has_arrived());
  EXPECT_EQ(page->evtchn_pending[0], 0U);
}

TEST_F(event_channels_test, finds_ports_in_every_word) {
  for (const event_port port : {63U, 64U, 255U}) {
    channels.watch(node.tasks, source, port);
    EXPECT_EQ(polled(), 1);
    arrive(port);
    EXPECT_EQ(polled(), 1) << port;
    channels.unwatch(port);
  }
}

TEST_F(event_channels_test, an_event_before_the_port_was_watched_does_not_stop_later_ones) {
  arrive(9);
  EXPECT_FALSE(channels.has_arrived());
  channels.watch(node.tasks, source, 9);
  EXPECT_EQ(polled(), 1);
  EXPECT_EQ(page->evtchn_pending[0], 0U);
  arrive(9);
  EXPECT_EQ(polled(), 1);
}

TEST_F(event_channels_test, nothing_is_told_of_a_port_that_is_not_watched_any_more) {
  channels.watch(node.tasks, source, 5);
  EXPECT_EQ(polled(), 1);
  channels.unwatch(5);
  arrive(5);
  EXPECT_FALSE(channels.has_arrived());
  EXPECT_EQ(polled(), 0);
}

TEST_F(event_channels_test, an_open_port_ends_a_sleep_and_marks_nobody) {
  channels.open(3);
  arrive(3);
  EXPECT_TRUE(channels.has_arrived());
  EXPECT_EQ(polled(), 0);
  EXPECT_FALSE(channels.has_arrived());
}

TEST_F(event_channels_test, finds_what_has_come_when_the_handler_of_the_interrupt_was_there_first) {
  channels.watch(node.tasks, source, 5);
  EXPECT_EQ(polled(), 1);
  arrive(5);
  page->vcpus[0].evtchn_upcall_pending = 0;
  EXPECT_TRUE(channels.has_arrived());
  EXPECT_EQ(polled(), 1);
}

TEST_F(event_channels_test, one_source_may_watch_several_ports) {
  channels.watch(node.tasks, source, 4);
  channels.watch(node.tasks, source, 70);
  (void)polled();
  arrive(4);
  arrive(70);
  EXPECT_EQ(polled(), 1);
}

}  // namespace
