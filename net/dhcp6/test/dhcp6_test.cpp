// SPDX-License-Identifier: ISC
// The shell over UDP in memory, with a server that has one address.
#include "mirage/dhcp6.hpp"

#include <gtest/gtest.h>

#include "mirage/memory/udp.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using client = dhcp6_client<memory::udp>;
static_assert(v1::device<client>);

constexpr ipv6_address leased = "2001:db8::1:1";

struct network {
  network() { EXPECT_TRUE(far.join(dhcp6_servers, 0).has_value()); }

  void answer(const v1::datagram& question) noexcept {
    const auto read = dhcp6_message::of(question.payload.view());
    ASSERT_TRUE(read);
    EXPECT_EQ(question.destination.address, ip_address(dhcp6_servers));
    asked.push_back(read->type());
    std::array<std::byte, 40> association{};
    store_be32(&association[0], 1);
    store_be16(&association[12], 5);
    store_be16(&association[14], 24);
    leased.store(&association[16]);
    store_be32(&association[32], 300);
    store_be32(&association[36], 600);
    auto fill = [&](bytes to) noexcept {
      dhcp6_message_writer writer(to, dhcp6_message_type::reply, read->transaction());
      writer.add(dhcp6_option::client_identifier, *read->find(dhcp6_option::client_identifier));
      writer.add(dhcp6_option::server_identifier, as_bytes("server"));
      writer.add(dhcp6_option::rapid_commit, {});
      writer.add(dhcp6_option::addresses, association);
      return writer.size();
    };
    EXPECT_TRUE(
        far.write({.destination = question.source, .source = {ip_address("fe80::2"), 547}}, 200, fill));
  }

  test::virtual_node node;
  memory::subnet subnet;
  memory::udp near{subnet, {ip_address("fe80::1")}, "near"};
  memory::udp far{subnet, {ip_address("fe80::2")}, "far"};
  std::vector<dhcp6_message_type> asked;
  subscription serving = *far.listen({ip_address(), dhcp6_port::server},
                                     [this](v1::datagram&& question) noexcept { answer(question); });
};

TEST(dhcp6, an_address_comes_is_renewed_and_given_back) {
  network on;
  client dhcp("dhcp6", on.near, {.mac = "02:00:00:00:00:01"});
  unsigned changes = 0;
  dhcp.on_change([&](const dhcp6_configuration*) noexcept { ++changes; });
  EXPECT_TRUE(on.node.run(dhcp.start()).has_value());
  const dhcp6_configuration got = on.node.run(dhcp.configured());
  ASSERT_EQ(got.addresses.size(), 1u);
  EXPECT_EQ(got.addresses[0].address, leased);
  on.node.advance(10min);
  EXPECT_GE(changes, 4u);
  EXPECT_EQ(on.asked.back(), dhcp6_message_type::renew);
  on.node.run(dhcp.stop());
  on.node.advance(1s);
  EXPECT_EQ(on.asked.back(), dhcp6_message_type::release);
  EXPECT_EQ(dhcp.configuration(), nullptr);
}

TEST(dhcp6, a_handler_may_decline) {
  network on;
  client dhcp("dhcp6", on.near, {.mac = "02:00:00:00:00:01"});
  bool first = true;
  dhcp.on_change([&](const dhcp6_configuration* now) noexcept {
    if (now != nullptr && std::exchange(first, false)) dhcp.conflict();
  });
  EXPECT_TRUE(on.node.run(dhcp.start()).has_value());
  on.node.advance(10s);
  EXPECT_EQ(on.asked, (std::vector{dhcp6_message_type::solicit, dhcp6_message_type::decline,
                                   dhcp6_message_type::solicit}));
  EXPECT_NE(dhcp.configuration(), nullptr);
}

TEST(dhcp6, without_a_server_it_waits_and_can_be_cancelled) {
  network on;
  on.serving.cancel();
  client dhcp("dhcp6", on.near, {.mac = "02:00:00:00:00:01"});
  EXPECT_TRUE(on.node.run(dhcp.start()).has_value());
  EXPECT_FALSE(on.node.run(with_timeout(1min, dhcp.configured())).has_value());
  EXPECT_EQ(dhcp.state(), dhcp6_client_state::soliciting);
}

}  // namespace
}  // namespace mirage
