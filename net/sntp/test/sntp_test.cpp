// SPDX-License-Identifier: ISC
// The shell over UDP in memory, with a server that knows better than the node's own clock.
#include "mirage/sntp.hpp"

#include <gtest/gtest.h>

#include "mirage/memory/udp.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using client = sntp_client<memory::udp>;
static_assert(v1::wall_clock<client>);

constexpr duration ahead = 1h;

struct network {
  test::virtual_node node;
  memory::subnet subnet;
  memory::udp near{subnet, {ip_address("10.0.0.1")}, "near"};
  memory::udp far{subnet, {ip_address("10.0.0.2")}, "far"};
  unsigned questions = 0;
  subscription serving = *far.listen({ip_address(), ntp_port}, [this](v1::datagram&& question) noexcept {
    ++questions;
    const auto read = ntp_message::of(question.payload.view());
    ASSERT_TRUE(read);
    const ntp_timestamp now = ntp_timestamp::of(os::wall() + ahead);
    auto fill = [&](bytes to) noexcept {
      ntp_message::write_question(to, now);
      to[0] = std::byte{0x24};
      to[1] = std::byte{1};
      read->transmit().store(to.data() + 24);
      now.store(to.data() + 32);
      return ntp_message::size;
    };
    EXPECT_TRUE(far.write({.destination = question.source, .source = question.destination}, 48, fill));
  });
};

sntp_servers servers(std::initializer_list<endpoint> list) {
  sntp_servers made;
  for (const endpoint& each : list) made.push_back(each);
  return made;
}

TEST(sntp_client, the_clock_is_that_of_the_server) {
  network on;
  client clock("sntp", on.near, servers({endpoint("10.0.0.2:123")}));
  EXPECT_EQ(clock.now(), os::wall());
  EXPECT_FALSE(clock.offset());
  EXPECT_TRUE(on.node.run(clock.start()).has_value());
  on.node.run(clock.synchronised());
  EXPECT_LE(std::chrono::abs(*clock.offset() - ahead), duration(2ns));
  on.node.advance(3h);
  EXPECT_LE(std::chrono::abs(clock.now() - (os::wall() + ahead)), duration(2ns));
  EXPECT_GT(on.questions, 10u);
  on.node.run(clock.stop());
  const unsigned before = on.questions;
  on.node.advance(3h);
  EXPECT_EQ(on.questions, before);
}

TEST(sntp_client, a_jump_of_the_own_clock_changes_nothing) {
  network on;
  client clock("sntp", on.near, servers({endpoint("10.0.0.2:123")}));
  EXPECT_TRUE(on.node.run(clock.start()).has_value());
  on.node.run(clock.synchronised());
  const wall_time before = clock.now();
  on.node.set_wall(wall_time{});
  EXPECT_EQ(clock.now(), before);
}

TEST(sntp_client, a_dead_server_is_left) {
  network on;
  client clock("sntp", on.near, servers({endpoint("10.0.0.9:123"), endpoint("10.0.0.2:123")}));
  EXPECT_TRUE(on.node.run(clock.start()).has_value());
  EXPECT_TRUE(on.node.run(with_timeout(1min, clock.synchronised())).has_value());
}

TEST(sntp_client, answers_from_elsewhere_are_dropped) {
  network on;
  client clock("sntp", on.near, servers({endpoint("10.0.0.9:123")}));
  EXPECT_TRUE(on.node.run(clock.start()).has_value());
  EXPECT_FALSE(on.node.run(with_timeout(1min, clock.synchronised())).has_value());
  EXPECT_EQ(on.questions, 0u);
}

}  // namespace
}  // namespace mirage
