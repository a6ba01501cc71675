// SPDX-License-Identifier: ISC
// A host of both versions, and a router that is a server of DHCPv6, too.
#include "mirage/dhcp_stack/autoconfiguration.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "link_messages.hpp"
#include "mirage/dhcp_stack.hpp"
#include "two_networks.hpp"

namespace mirage {
namespace {

using host = test::peer;
using subject_type = dhcp_stack<host::stack_type, memory::network, test::layers::arp_type>;
static_assert(v1::stack<subject_type>);
using asked_types = std::vector<dhcp6_message_type>;
using type = dhcp6_message_type;

constexpr std::uint8_t managed = 0x80;
constexpr std::uint8_t other = 0x40;
constexpr ipv6_address first_lease = "2001:db8::1:1";
constexpr ipv6_address second_lease = "2001:db8::1:2";
constexpr ipv6_address name_server = "2001:db8::53";

struct autoconfiguration : testing::Test {
  autoconfiguration() {
    connect(router.on.network, near.on.network);
    node.run(router.on.start());
    node.run(near.on.start());
    EXPECT_TRUE(router.on.ip6.join(dhcp6_servers).has_value());
    EXPECT_TRUE(node.run(subject.start()).has_value());
  }
  ~autoconfiguration() override {
    node.run(subject.stop());
    node.run(near.streams.stop());
    node.run(router.streams.stop());
  }

  /// From its address of the link, to all.
  void advertise(std::uint8_t flags, const std::string& options = {}) {
    const auto ours = std::ranges::find_if(router.on.ip6.addresses(), &ipv6_address::is_link_local);
    const ndp_header header{*ours, all_nodes, 255};
    const std::string message = test::router_advertised(header, 1800, options, 0, flags);
    auto fill = [&](bytes to) noexcept {
      std::ranges::copy(as_bytes(message), to.begin());
      return message.size();
    };
    EXPECT_TRUE(router.on.ip6.write(
        {.source = *ours, .destination = all_nodes, .protocol = v1::ip_protocol::icmpv6, .ttl = 255},
        {.header = message.size()}, fill, {}));
    node.settle();
  }

  void answer(const v1::datagram& question) noexcept {
    const auto read = dhcp6_message::of(question.payload.view());
    ASSERT_TRUE(read);
    asked.push_back(read->type());
    if (read->type() == type::decline) lease = second_lease;
    auto fill = [&](bytes to) noexcept {
      dhcp6_message_writer writer(to, type::reply, read->transaction());
      writer.add(dhcp6_option::client_identifier, *read->find(dhcp6_option::client_identifier));
      writer.add(dhcp6_option::server_identifier, as_bytes("server"));
      writer.add(dhcp6_option::rapid_commit, {});
      if (read->type() != type::information_request) writer.add(dhcp6_option::addresses, association());
      writer.add(dhcp6_option::name_servers, as_bytes(test::raw_of(name_server)));
      return writer.size();
    };
    EXPECT_TRUE(router.datagrams.write(
        {.destination = question.source, .source = {ip_address(), dhcp6_port::server}}, 300, fill));
  }
  /// For ten minutes, to be renewed after five.
  [[nodiscard]] std::array<std::byte, 40> association() const noexcept {
    std::array<std::byte, 40> made{};
    store_be32(&made[0], 1);
    store_be32(&made[4], 300);
    store_be32(&made[8], 480);
    store_be16(&made[12], static_cast<std::uint16_t>(dhcp6_option::address));
    store_be16(&made[14], 24);
    lease.store(&made[16]);
    store_be32(&made[32], 500);
    store_be32(&made[36], 600);
    return made;
  }
  [[nodiscard]] bool has(const ip_address& address) {
    return std::ranges::count(subject.addresses(), address) == 1;
  }

  test::virtual_node node;
  host router{{.name = "router", .mac = "02:00:00:00:00:01", .v6 = ipv6_prefix("2001:db8::1/64")}};
  host near{{.name = "near", .mac = "02:00:00:00:00:02"}};
  subject_type subject{"dhcp", near.device, near.on.network, near.on.resolution, {.patience = 1s}};
  ipv6_address lease = first_lease;
  asked_types asked;
  subscription serving = *router.datagrams.listen(
      {ip_address(), dhcp6_port::server}, [this](v1::datagram&& question) noexcept { answer(question); });
};

TEST_F(autoconfiguration, asks_nothing_where_no_router_wants_it) {
  advertise(0, test::dns_option("2001:db8::54", 1800));
  node.advance(1min);
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(subject.configuration6(), nullptr);
  EXPECT_EQ(subject.dns_servers(), std::vector<ip_address>{"2001:db8::54"}) << "what routers tell is enough";
}

TEST_F(autoconfiguration, asks_for_what_is_no_address) {
  const std::size_t before = subject.addresses().size();
  advertise(other, test::dns_option("2001:db8::54", 1800));
  node.advance(1min);
  EXPECT_EQ(asked, asked_types{type::information_request});
  EXPECT_EQ(subject.addresses().size(), before);
  EXPECT_EQ(subject.dns_servers(), (std::vector<ip_address>{name_server, "2001:db8::54"}));
}

TEST_F(autoconfiguration, uses_an_address_until_its_time_is_over) {
  advertise(managed);
  node.advance(5s);
  EXPECT_EQ(asked, asked_types{type::solicit});
  EXPECT_TRUE(has(first_lease));
  node.advance(1h);
  EXPECT_TRUE(has(first_lease)) << "it is renewed";
  serving.cancel();
  node.advance(10min);
  EXPECT_FALSE(has(first_lease));
  EXPECT_EQ(subject.configuration6(), nullptr);
}

TEST_F(autoconfiguration, asks_again_when_addresses_are_wanted_later) {
  advertise(other);
  node.advance(5s);
  advertise(managed | other);
  advertise(0);
  node.advance(5s);
  EXPECT_EQ(asked, (asked_types{type::information_request, type::solicit}));
  EXPECT_TRUE(has(first_lease)) << "what is leased stays";
}

TEST_F(autoconfiguration, declines_an_address_that_somebody_has) {
  EXPECT_TRUE(router.on.ip6.add_address({first_lease, 128}));
  node.advance(2s);
  advertise(managed);
  node.advance(10s);
  EXPECT_EQ(asked, (asked_types{type::solicit, type::decline, type::solicit}));
  EXPECT_FALSE(has(first_lease));
  EXPECT_TRUE(has(second_lease));
}

}  // namespace
}  // namespace mirage
