// SPDX-License-Identifier: ISC
#include "mirage/simulation/scheduler.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/simulation/ethernet_switch.hpp"
#include "mirage/simulation/link.hpp"
#include "mirage/simulation/network.hpp"
#include "mirage/test/suites/network_suite.hpp"
#include "virtual_member.hpp"

namespace mirage {
namespace {

using simulation::network;

using simulation::start_of_time;

void send(network& from, std::string_view frame) {
  auto fill = [frame](bytes to) noexcept {
    std::memcpy(to.data(), frame.data(), frame.size());
    return frame.size();
  };
  EXPECT_TRUE(from.write({.header = frame.size()}, fill, {}));
}

// A station with one interface that says to everybody that it is there, and keeps what it hears.
class talker {
 public:
  talker(simulation::scheduler& on, simulation::port& cable, mac_address mac, std::uint64_t seed)
      : member(on, seed), network_((member.node.enter(), cable), mac), listening_(network_.listen(heard)) {
    running_.emplace();
    EXPECT_TRUE(running_->spawn("talk", &talker::talk, this));
  }
  ~talker() {
    member.node.enter();
    running_.reset();
    listening_.cancel();
  }
  network& interface() { return network_; }

  test::virtual_member member;
  test::recording_sink heard;

 private:
  task<> talk() {
    for (unsigned i = 0; i < 3; ++i) {
      co_await sleep_for(10ms);
      send(network_, test::make_frame(100 + i));
    }
  }
  network network_;
  subscription listening_;
  std::optional<scope> running_;
};

struct outcome {
  std::uint64_t digest;
  std::size_t heard;
  instant end;
  bool operator==(const outcome&) const = default;
};

outcome three_stations(std::uint64_t seed) {
  simulation::scheduler world{seed};
  simulation::link one(world, "one", {.delay = 1ms, .jitter = 1ms, .loss = 0.3});
  simulation::link two(world, "two", {.delay = 2ms, .loss = 0.3});
  simulation::link three(world, "three", {.delay = 3ms});
  simulation::ethernet_switch lan(world);
  lan.plug(one.right());
  lan.plug(two.right());
  lan.plug(three.right());
  talker a(world, one.left(), "02:00:00:00:00:01", 1);
  talker b(world, two.left(), "02:00:00:00:00:02", 2);
  talker c(world, three.left(), "02:00:00:00:00:03", 3);
  while (world.step(never)) {
  }
  return {world.digest(), a.heard.frames.size() + b.heard.frames.size() + c.heard.frames.size(), world.now()};
}

TEST(scheduler, runs_several_nodes_and_repeats_from_the_seed) {
  const outcome first = three_stations(5);
  EXPECT_EQ(first, three_stations(5));
  EXPECT_NE(first.digest, three_stations(6).digest);
  EXPECT_GT(first.heard, 5u);
  EXPECT_LT(first.heard, 18u);
  EXPECT_LT(first.end - start_of_time, 100ms);
}

TEST(scheduler, time_stops_where_it_was_told_to) {
  simulation::scheduler world{1};
  simulation::link cable(world, "cable", {.delay = 30ms});
  talker here(world, cable.left(), "02:00:00:00:00:01", 1);
  talker there(world, cable.right(), "02:00:00:00:00:02", 2);
  while (world.step(start_of_time + 45ms)) {
  }
  EXPECT_EQ(world.now(), start_of_time + 45ms);
  EXPECT_EQ(there.heard.frames.size(), 1u);
}

class restless final : public simulation::member {
 public:
  [[nodiscard]] instant due() noexcept override { return {}; }
  void run_round(instant) noexcept override { ++rounds; }
  int rounds = 0;
};

TEST(scheduler, a_node_that_never_rests_does_not_stop_time) {
  simulation::scheduler world{1};
  restless node;
  world.add(node);
  int passes = 0;
  while (world.step(start_of_time + 10us) && passes < 2000) ++passes;
  world.remove(node);
  EXPECT_LT(passes, 2000);
  EXPECT_GT(node.rounds, 1000);
}

TEST(ethernet_switch, sends_to_where_an_address_was_seen_and_else_everywhere) {
  simulation::scheduler world{1};
  simulation::link one(world, "one");
  simulation::link two(world, "two");
  simulation::link three(world, "three");
  simulation::ethernet_switch lan(world, {.ageing = 60s});
  for (simulation::link* each : {&one, &two, &three}) lan.plug(each->right());
  struct station final : simulation::station {
    void arrived(simulation::frame&&) noexcept override { ++frames; }
    void ready() noexcept override {}
    int frames = 0;
  } a, b, c;
  one.left().plug(&a);
  two.left().plug(&b);
  three.left().plug(&c);
  const std::string to_b_from_a("\2\0\0\0\0\x0b\2\0\0\0\0\x0a\x88\xb5 hello", 20);
  const std::string to_a_from_b("\2\0\0\0\0\x0a\2\0\0\0\0\x0b\x88\xb5 hello", 20);
  const auto run = [&] {
    while (world.step(world.now() + 1ms)) {
    }
  };
  one.left().send(as_bytes(to_b_from_a));
  run();
  EXPECT_EQ(b.frames, 1);
  EXPECT_EQ(c.frames, 1) << "nobody knows yet where b is";
  two.left().send(as_bytes(to_a_from_b));
  one.left().send(as_bytes(to_b_from_a));
  run();
  EXPECT_EQ(a.frames, 1);
  EXPECT_EQ(b.frames, 2);
  EXPECT_EQ(c.frames, 1) << "it was learnt";
  while (world.step(world.now() + 61s)) {
  }
  one.left().send(as_bytes(to_b_from_a));
  run();
  EXPECT_EQ(c.frames, 2) << "it was forgotten";
  one.left().plug(nullptr);
}

}  // namespace
}  // namespace mirage
