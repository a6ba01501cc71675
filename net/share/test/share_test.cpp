// SPDX-License-Identifier: ISC
#include "mirage/share.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/memory/network.hpp"
#include "mirage/test/suites/network_suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using share_type = share<memory::network>;
using port = share_port<share_type>;
static_assert(v1::network<port>);

struct shared_wire {
  shared_wire() {
    connect(below, far);
    listening = far.listen(at_far);
  }
  void inject(std::string_view frame) { send(far, frame); }
  static void send(auto& from, std::string_view frame) {
    auto fill = [frame](bytes to) noexcept {
      std::memcpy(to.data(), frame.data(), frame.size());
      return frame.size();
    };
    auto sent = from.write({.header = frame.size()}, fill, {});
    EXPECT_EQ(test::outcome(sent), "ok");
  }

  test::virtual_node node;
  memory::network below{"02:00:00:00:00:01"};
  memory::network far{"02:00:00:00:00:02"};
  test::recording_sink at_far;
  subscription listening;
  share_type shares{"share", below};
  port first{"first", shares};
  port second{"second", shares};
};

/// One of two users, the other of which listens, too.
struct one_of_two : private shared_wire {
  using network = port;
  static constexpr duration a_while = 1s;
  one_of_two() : other_(second.listen(at_second_)) {}
  void run(task<> work) { node.run(std::move(work)); }
  network& device() { return first; }
  using shared_wire::inject;
  std::vector<std::string> take_sent() { return std::exchange(at_far.frames, {}); }
  void hold(bool held) { far.hold(held); }
  void set_link(bool up) { below.set_link(up); }

 private:
  test::recording_sink at_second_;
  subscription other_;
};
MIRAGE_CONFORMANCE(network_suite, share_port, one_of_two);

struct sharing : testing::Test, shared_wire {};

TEST_F(sharing, each_user_hears_every_frame_of_the_wire) {
  test::recording_sink at_first;
  test::recording_sink at_second;
  auto one = first.listen(at_first);
  const std::string frame = test::make_frame(100);
  {
    auto other = second.listen(at_second);
    inject(frame);
    node.settle();
    EXPECT_EQ(at_second.frames, std::vector<std::string>{frame});
  }
  inject(frame);
  node.settle();
  EXPECT_EQ(at_first.frames.size(), 2u);
  EXPECT_EQ(at_second.frames.size(), 1u) << "it does not listen any more";
}

TEST_F(sharing, what_one_user_sends_the_others_do_not_hear) {
  test::recording_sink at_second;
  auto other = second.listen(at_second);
  const std::string frame = test::make_frame(100);
  send(first, frame);
  node.settle();
  EXPECT_EQ(at_far.frames, std::vector<std::string>{frame});
  EXPECT_TRUE(at_second.frames.empty());
}

TEST_F(sharing, a_user_can_go_before_the_others) {
  test::recording_sink at_first;
  auto one = first.listen(at_first);
  {
    const port third{"third", shares};
    EXPECT_EQ(third.mac(), below.mac());
  }
  inject(test::make_frame(60));
  node.settle();
  EXPECT_EQ(at_first.frames.size(), 1u);
}

}  // namespace
}  // namespace mirage
