// SPDX-License-Identifier: ISC
// What must be dropped of neighbour discovery: RFC 4861 §6.1, §7.1, §8.1.
#include "mirage/ndp/messages.hpp"

#include <gtest/gtest.h>

#include <array>

#include "link_messages.hpp"

namespace mirage {
namespace {

constexpr ipv6_address ours = "fe80::1";
constexpr ipv6_address theirs = "fe80::2";
constexpr mac_address mac = "02:00:00:00:00:02";
constexpr ndp_header to_us{theirs, ours, 255};
constexpr ndp_header detection{{}, "ff02::1:ff00:1", 255};

bool solicits(const ndp_header& header, std::string_view message) {
  return read_neighbour_solicitation(header, as_bytes(message)).has_value();
}
bool advertises(const ndp_header& header, std::string_view message) {
  return read_neighbour_advertisement(header, as_bytes(message)).has_value();
}
bool routes(const ndp_header& header, std::string_view message) {
  return read_router_advertisement(header, as_bytes(message)).has_value();
}
bool redirects(const ndp_header& header, std::string_view message) {
  return read_redirect(header, as_bytes(message)).has_value();
}

TEST(solicited_node_group, has_the_last_24_bits) {
  EXPECT_EQ(solicited_node("2001:db8::1:abcd:ef01"), ipv6_address("ff02::1:ffcd:ef01"));
  EXPECT_EQ(multicast_station("ff02::1:ffcd:ef01"), mac_address("33:33:ff:cd:ef:01"));
}

TEST(messages, rfc4861_7_1_1_a_solicitation_is_checked) {
  const std::string good = test::solicitation(to_us, ours, test::link_option(1, mac));
  EXPECT_TRUE(solicits(to_us, good));
  const auto read = read_neighbour_solicitation(to_us, as_bytes(good));
  EXPECT_EQ(read->target, ours);
  EXPECT_EQ(read->source_link, mac);
  EXPECT_FALSE(solicits({theirs, ours, 254}, good)) << "forwarded";
  EXPECT_FALSE(solicits({"fe80::3", ours, 255}, good)) << "checksum";
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(size == 24 ? false : solicits(to_us, good.substr(0, size))) << size;
  std::string coded = good;
  coded[1] = 1;
  EXPECT_FALSE(solicits(to_us, test::finished(coded, to_us)));
  EXPECT_FALSE(solicits(to_us, test::solicitation(to_us, "ff02::1"))) << "a group";
  EXPECT_FALSE(solicits(to_us, test::solicitation(to_us, ours, std::string(8, '\0')))) << "no length";
  EXPECT_FALSE(solicits(to_us, test::solicitation(to_us, ours, "\x0e\x02 short"))) << "beyond the end";
}

TEST(messages, rfc4861_7_1_1_from_nobody_only_to_the_group_of_the_target_and_without_an_address) {
  EXPECT_TRUE(solicits(detection, test::solicitation(detection, ours)));
  EXPECT_FALSE(solicits(detection, test::solicitation(detection, ours, test::link_option(1, mac))));
  const ndp_header elsewhere{{}, all_nodes, 255};
  EXPECT_FALSE(solicits(elsewhere, test::solicitation(elsewhere, ours)));
}

TEST(messages, rfc4861_7_1_2_an_advertisement_is_checked) {
  constexpr std::uint32_t all_flags = 0xe000'0000;
  const std::string good = test::advertisement(to_us, theirs, all_flags, test::link_option(2, mac));
  const auto read = read_neighbour_advertisement(to_us, as_bytes(good));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->router && read->solicited && read->overrides);
  EXPECT_EQ(read->target_link, mac);
  EXPECT_FALSE(advertises({theirs, ours, 64}, good));
  EXPECT_FALSE(advertises(to_us, test::advertisement(to_us, "ff02::1", 0)));
  const ndp_header to_all{theirs, all_nodes, 255};
  EXPECT_TRUE(advertises(to_all, test::advertisement(to_all, theirs, 0x2000'0000)));
  EXPECT_FALSE(advertises(to_all, test::advertisement(to_all, theirs, 0x4000'0000)))
      << "solicited, and to a group";
}

TEST(messages, nobody_speaks_from_a_group) {
  const ndp_header from{all_nodes, ours, 255};
  EXPECT_FALSE(solicits(from, test::solicitation(from, ours)));
}

TEST(messages, a_neighbour_has_no_groups_address) {
  const std::string told = test::advertisement(to_us, theirs, 0, test::link_option(2, "33:33:00:00:00:01"));
  EXPECT_FALSE(read_neighbour_advertisement(to_us, as_bytes(told))->target_link);
}

TEST(messages, rfc4861_6_1_2_an_advertisement_of_a_router_is_checked_and_read) {
  const ndp_header from{theirs, all_nodes, 255};
  const std::string options =
      test::link_option(1, mac) + test::mtu_option(1400) +
      test::prefix_option("2001:db8::/64", test::on_link | test::autonomous, 3600, 1800) +
      test::dns_option("2001:db8::53", 600) + std::string("\x7f\x01 what?", 8);
  const std::string good = test::router_advertised(from, 1800, options, 61, 0xc0, 20'000, 500);
  const auto read = read_router_advertisement(from, as_bytes(good));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->lifetime, 1800);
  EXPECT_EQ(read->hop_limit, 61);
  EXPECT_TRUE(read->managed && read->other);
  EXPECT_EQ(read->reachable_time, 20'000u);
  EXPECT_EQ(read->retransmit_timer, 500u);
  EXPECT_EQ(read->mtu, 1400u);
  EXPECT_EQ(read->source_link, mac);
  ASSERT_EQ(read->prefixes.size(), 1u);
  EXPECT_EQ(read->prefixes[0].prefix, ipv6_prefix("2001:db8::/64"));
  EXPECT_TRUE(read->prefixes[0].on_link && read->prefixes[0].autonomous);
  EXPECT_EQ(read->prefixes[0].valid, 3600u);
  EXPECT_EQ(read->prefixes[0].preferred, 1800u);
  ASSERT_EQ(read->dns_servers.size(), 1u);
  EXPECT_EQ(read->dns_servers[0].server, ipv6_address("2001:db8::53"));
  EXPECT_FALSE(routes({theirs, all_nodes, 63}, good));
  const ndp_header far{"2001:db8::9", all_nodes, 255};
  EXPECT_FALSE(routes(far, test::router_advertised(far, 1800))) << "not from an address of the link";
  EXPECT_FALSE(routes(from, test::router_advertised(from, 1800, std::string(8, '\0'))));
}

TEST(messages, more_than_there_is_room_for_is_passed_over) {
  const ndp_header from{theirs, all_nodes, 255};
  std::string options;
  for (std::uint64_t i = 0; i < 100; ++i) {
    options += test::prefix_option({ipv6_address(0x2001'0db8'0000'0000 | i, 0), 64}, test::on_link, 1, 1);
    options += test::dns_option({0x2001'0db8'0000'0000 | i, 1}, 1);
  }
  const auto read = read_router_advertisement(from, as_bytes(test::router_advertised(from, 1800, options)));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->prefixes.full());
  EXPECT_TRUE(read->dns_servers.full());
}

TEST(messages, rfc4861_8_1_a_redirect_is_checked) {
  constexpr ipv6_address far = "2001:db8::9";
  EXPECT_TRUE(redirects(to_us, test::redirected(to_us, "fe80::3", far)));
  EXPECT_TRUE(redirects(to_us, test::redirected(to_us, far, far))) << "it is on the link";
  EXPECT_FALSE(redirects(to_us, test::redirected(to_us, "2001:db8::8", far)));
  EXPECT_FALSE(redirects(to_us, test::redirected(to_us, "fe80::3", "ff0e::1")));
  EXPECT_FALSE(redirects({theirs, ours, 254}, test::redirected(to_us, "fe80::3", far)));
  const ndp_header global{"2001:db8::1", ours, 255};
  EXPECT_FALSE(redirects(global, test::redirected(global, "fe80::3", far)));
}

TEST(messages, what_we_write_can_be_read) {
  std::array<std::byte, greatest_ndp_message> room;
  std::size_t size = write_neighbour_solicitation(room, to_us, theirs, mac, 7);
  EXPECT_EQ(read_neighbour_solicitation(to_us, cbytes(room).first(size))->source_link, mac);
  size = write_neighbour_solicitation(room, detection, ours, mac, 7);
  EXPECT_TRUE(read_neighbour_solicitation(detection, cbytes(room).first(size)));
  size = write_neighbour_advertisement(room, to_us, theirs, true, mac);
  const auto read = read_neighbour_advertisement(to_us, cbytes(room).first(size));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->solicited && read->overrides && !read->router);
  EXPECT_EQ(read->target_link, mac);
  size = write_router_solicitation(room, to_us, mac);
  EXPECT_EQ(size, 16u);
  EXPECT_TRUE(icmpv6_header::is_checksum_right(cbytes(room).first(size), to_us.source, to_us.destination));
}

}  // namespace
}  // namespace mirage
