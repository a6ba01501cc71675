// SPDX-License-Identifier: ISC
#include "mirage/simulation/network.hpp"

#include "mirage/simulation/link.hpp"
#include "mirage/simulation/local_world.hpp"
#include "mirage/test/suites/network_suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr mac_address near_mac = "02:00:00:00:00:01";
constexpr mac_address far_mac = "02:00:00:00:00:02";

struct networks {
  using network = simulation::network;
  static constexpr duration a_while = 1s;
  void run(task<> work) { node.run(std::move(work)); }
  network& device() { return near_; }
  void inject(std::string_view frame) {
    auto fill = [frame](bytes to) noexcept {
      std::memcpy(to.data(), frame.data(), frame.size());
      return frame.size();
    };
    auto sent = far_.write({.header = frame.size()}, fill, {});
    EXPECT_EQ(test::outcome(sent), "ok");
  }
  std::vector<std::string> take_sent() { return std::exchange(seen_.frames, {}); }
  void hold(bool held) { cable_.to_right().hold(held); }
  void set_link(bool up) { cable_.set_up(up); }

  test::virtual_node node;

 private:
  simulation::local_world world_{1};
  simulation::link cable_{world_, "cable", {.ring = 256}};
  network near_{cable_.left(), near_mac};
  network far_{cable_.right(), far_mac};
  test::recording_sink seen_;
  subscription listening_ = far_.listen(seen_);
};
MIRAGE_CONFORMANCE(network_suite, simulation, networks);

result<void, v1::net_error> write(simulation::network& to, std::size_t size) {
  auto fill = [size](bytes into) noexcept {
    const std::string text = test::make_frame(size);
    std::memcpy(into.data(), text.data(), size);
    return size;
  };
  return to.write({.header = size}, fill, {});
}

TEST(simulated_network, tells_of_room_as_the_wire_gets_it) {
  test::virtual_node node;
  simulation::local_world world{1};
  simulation::link cable(world, "cable", {.bandwidth = 8'000'000, .ring = 2});  // a byte a microsecond
  simulation::network here(cable.left(), near_mac);
  test::recording_sink sink;
  const subscription listening = here.listen(sink);
  EXPECT_TRUE(write(here, 1000));
  EXPECT_TRUE(write(here, 1000));
  EXPECT_EQ(test::error_of(write(here, 1000)), v1::net_error::full);
  node.advance(990us);
  EXPECT_EQ(sink.told_writable, 0u);
  node.advance(20us);
  EXPECT_EQ(sink.told_writable, 1u);
  EXPECT_TRUE(write(here, 1000));
  EXPECT_EQ(test::error_of(write(here, 1000)), v1::net_error::full);
}

TEST(simulated_network, keeps_no_more_frames_than_its_queue_holds) {
  test::virtual_node node;
  simulation::local_world world{1};
  simulation::link cable(world, "cable");
  simulation::network here(cable.left(), near_mac);
  simulation::network there(cable.right(), far_mac, {.batch = 2, .receive_queue = 5});
  test::recording_sink sink;
  const subscription listening = there.listen(sink);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(write(here, 100));
  node.advance(1ms);
  EXPECT_EQ(sink.frames.size(), 5u);
  EXPECT_EQ(sink.batches, 3u);
}

}  // namespace
}  // namespace mirage
