// SPDX-License-Identifier: ISC
// What a cable does to frames, one thing at a time, and that all of it repeats.
#include "mirage/simulation/pipe.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <string>

#include "mirage/simulation/link.hpp"
#include "mirage/simulation/local_world.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using simulation::pipe_options;

// Notes what arrives and when.
class notebook final : public simulation::station {
 public:
  struct entry {
    duration when;
    std::string text;
  };
  void arrived(simulation::frame&& carried) noexcept override {
    entries.push_back({os::now() - test::virtual_start, std::string(as_text(carried))});
  }
  void ready() noexcept override { ++told; }
  std::vector<entry> entries;
  int told = 0;
};

struct cable {
  explicit cable(const pipe_options& options, std::uint64_t seed = 1)
      : world(seed), wire(world, "wire", options) {
    wire.left().plug(&left);
    wire.right().plug(&right);
  }
  void send(std::string_view text) { wire.left().send(as_bytes(text)); }
  [[nodiscard]] const simulation::pipe::totals& counted() { return wire.to_right().counted(); }
  [[nodiscard]] duration arrival(std::size_t which) const { return right.entries.at(which).when; }

  test::virtual_node node;
  simulation::local_world world;
  simulation::link wire;
  notebook left;
  notebook right;
};

// The timers of a node have ticks of about a microsecond.
constexpr duration tick = 2us;
void expect_near(duration is, duration wanted) {
  EXPECT_GE(is, wanted);
  EXPECT_LE(is, wanted + tick);
}

TEST(simulated_pipe, a_frame_takes_the_time_of_its_bits_and_of_the_way) {
  cable it({.bandwidth = 1'000'000, .delay = 30ms});
  it.send(std::string(125, 'a'));  // a millisecond
  it.send(std::string(250, 'b'));
  it.node.advance(1s);
  ASSERT_EQ(it.right.entries.size(), 2u);
  expect_near(it.arrival(0), 31ms);
  expect_near(it.arrival(1), 33ms);
  EXPECT_TRUE(it.left.entries.empty());
}

TEST(simulated_pipe, both_directions_are_apart) {
  cable it({.bandwidth = 1'000'000});
  it.send(std::string(125, 'a'));
  it.wire.right().send(as_bytes(std::string(125, 'b')));
  it.node.advance(1s);
  ASSERT_EQ(it.right.entries.size(), 1u);
  ASSERT_EQ(it.left.entries.size(), 1u);
  expect_near(it.left.entries[0].when, 1ms);
}

TEST(simulated_pipe, jitter_does_not_change_the_order) {
  cable it({.delay = 10ms, .jitter = 5ms});
  for (char letter = 'a'; letter <= 'z'; ++letter) it.send(std::string(20, letter));
  it.node.advance(1s);
  ASSERT_EQ(it.right.entries.size(), 26u);
  std::string order;
  for (const auto& entry : it.right.entries) {
    order += entry.text[0];
    EXPECT_GE(entry.when, 10ms);
    EXPECT_LE(entry.when, 15ms + tick);
  }
  EXPECT_EQ(order, "abcdefghijklmnopqrstuvwxyz");
  EXPECT_GT(it.arrival(25), it.arrival(0));
}

TEST(simulated_pipe, a_queue_drops_what_it_has_no_room_for) {
  cable it({.bandwidth = 8'000'000, .queue = 3000});
  for (int i = 0; i < 5; ++i) it.send(std::string(1000, 'a'));
  it.node.advance(1ms);
  it.send(std::string(1000, 'b'));
  it.node.advance(1s);
  EXPECT_EQ(it.right.entries.size(), 4u);
  EXPECT_EQ(it.counted().queue_full, 2u);
}

TEST(simulated_pipe, what_is_longer_than_the_mtu_is_dropped) {
  cable it({.mtu = 100});
  it.send(std::string(114, 'a'));
  it.send(std::string(115, 'b'));
  it.node.advance(1s);
  EXPECT_EQ(it.right.entries.size(), 1u);
  EXPECT_EQ(it.counted().too_long, 1u);
}

TEST(simulated_pipe, loses_as_often_as_it_was_told) {
  cable it({.loss = 0.1});
  for (int i = 0; i < 10'000; ++i) it.send("a frame of some length");
  it.node.advance(1s);
  EXPECT_NEAR(static_cast<double>(it.counted().lost), 1000, 100);
  EXPECT_EQ(it.right.entries.size() + it.counted().lost, 10'000u);
}

TEST(simulated_pipe, bursts_lose_as_much_but_together) {
  cable it({.bursts = simulation::burst_loss::of(0.1, 5)});
  std::uint64_t bursts = 0;
  std::uint64_t lost = 0;
  for (int i = 0; i < 50'000; ++i) {
    it.send("a frame");
    const bool is_lost = it.counted().lost > lost;
    const bool was_lost = lost > 0 && !it.right.entries.empty() && it.right.entries.back().text == "gap";
    if (is_lost && !was_lost) ++bursts;
    lost = it.counted().lost;
    it.right.entries.push_back({0s, is_lost ? "gap" : "frame"});
  }
  EXPECT_NEAR(static_cast<double>(lost), 5000, 600);
  EXPECT_NEAR(static_cast<double>(lost) / static_cast<double>(bursts), 5, 1);
}

TEST(simulated_pipe, a_burst_passes_in_silence) {
  cable it({.bursts = {.begin = 0.5, .end = 0, .silence = 10ms}});
  const auto lost_after = [&it](duration pause) {
    const std::uint64_t before = it.counted().lost;
    for (int i = 0; i < 100; ++i) {
      it.node.advance(pause);
      it.send("a frame");
    }
    return it.counted().lost - before;
  };
  EXPECT_GT(lost_after(9ms), 80u) << "once it has begun it does not end";
  EXPECT_NEAR(static_cast<double>(lost_after(11ms)), 50, 20) << "each frame may begin another one";
}

TEST(simulated_pipe, a_late_frame_is_overtaken) {
  cable it({.delay = 20ms, .reorder = 0.2, .reorder_by = 7ms});
  std::string sent;
  for (int i = 0; i < 26; ++i) {
    sent += static_cast<char>('a' + i);
    it.send(sent.substr(sent.size() - 1));
    it.node.advance(1ms);
  }
  it.node.advance(1s);
  std::string order;
  for (const auto& entry : it.right.entries) order += entry.text;
  EXPECT_GT(it.counted().reordered, 0u);
  EXPECT_NE(order, sent);
  std::ranges::sort(order);
  EXPECT_EQ(order, sent) << "none is lost";
}

TEST(simulated_pipe, a_duplicate_comes_at_once_behind_the_frame) {
  cable it({.duplicate = 1});
  it.send("once");
  it.node.advance(1s);
  ASSERT_EQ(it.right.entries.size(), 2u);
  EXPECT_EQ(it.right.entries[1].text, "once");
}

TEST(simulated_pipe, damage_is_one_bit) {
  cable it({.corrupt = 1});
  const std::string sent(100, 'a');
  it.send(sent);
  it.node.advance(1s);
  ASSERT_EQ(it.right.entries.size(), 1u);
  int wrong = 0;
  for (std::size_t i = 0; i < sent.size(); ++i)
    wrong += std::popcount(static_cast<unsigned char>(sent[i] ^ it.right.entries[0].text[i]));
  EXPECT_EQ(wrong, 1);
}

TEST(simulated_pipe, a_cut_loses_what_is_on_the_way) {
  cable it({.delay = 10ms});
  EXPECT_EQ(it.wire.left().state(), simulation::port_state::ready);
  it.send("on the way");
  it.node.advance(5ms);
  it.wire.set_up(false);
  EXPECT_EQ(it.wire.left().state(), simulation::port_state::down);
  it.send("too late");
  it.node.advance(1s);
  it.wire.set_up(true);
  EXPECT_EQ(it.left.told, 1);
  EXPECT_EQ(it.right.told, 0) << "it was refused nothing";
  it.send("in time");
  it.node.advance(1s);
  ASSERT_EQ(it.right.entries.size(), 1u);
  EXPECT_EQ(it.right.entries[0].text, "in time");
  EXPECT_EQ(it.counted().down, 2u);
}

struct memory_output final : pcap::output {
  void append(cbytes part) noexcept override { written += as_text(part); }
  std::string written;
};

struct run {
  std::uint64_t digest;
  std::string capture;
  bool operator==(const run&) const = default;
};

run everything_goes_wrong(std::uint64_t seed) {
  memory_output file;
  pcap::writer capture(file);
  cable it({.bandwidth = 10'000'000,
            .delay = 3ms,
            .jitter = 1ms,
            .queue = 20'000,
            .loss = 0.05,
            .bursts = {.begin = 0.01, .end = 0.3},
            .reorder = 0.1,
            .duplicate = 0.05,
            .corrupt = 0.05},
           seed);
  it.wire.set_capture(&capture);
  for (int i = 0; i < 500; ++i) {
    it.send(std::string(static_cast<std::size_t>(100 + i), 'x'));
    if (i % 3 == 0) it.wire.right().send(as_bytes("an answer"));
    it.node.advance(100us);
  }
  it.node.advance(1s);
  return {it.world.digest(), file.written};
}

TEST(simulated_pipe, one_seed_is_one_run) {
  EXPECT_EQ(everything_goes_wrong(7), everything_goes_wrong(7));
  EXPECT_NE(everything_goes_wrong(7).digest, everything_goes_wrong(8).digest);
}

}  // namespace
}  // namespace mirage
