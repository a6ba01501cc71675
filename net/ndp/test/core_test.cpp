// SPDX-License-Identifier: ISC
// Addresses, routers and redirects in virtual time: RFC 4861 §6.3 and §8.3, RFC 4862 §5.3 to §5.5, RFC 7217,
// RFC 7559, RFC 8106.
#include "mirage/ndp/core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "link_messages.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using kind = ndp_action::kind;
using verdict = ndp_core::verdict;

constexpr mac_address our_mac = "02:00:00:00:00:01";
constexpr mac_address router_mac = "02:00:00:00:00:fe";
constexpr ipv6_address router = "fe80::fe";
constexpr ipv6_address host = "2001:db8::7";
constexpr ndp_header from_router{router, all_nodes, 255};
constexpr keyed_hash::key secret{std::byte{1}};

struct discovering : testing::Test {
  test::virtual_node node;
  instant now = test::virtual_start;
  ndp_core core{our_mac, 1500, {}, secret, 1};
  std::vector<ndp_action> done;

  void pump() {
    for (ndp_action next = core.poll(now); next; next = core.poll(now)) done.push_back(next);
  }
  void advance(duration by) {
    const instant until = now + by;
    pump();
    while (core.next_timeout() <= until) {
      now = std::max(now, core.next_timeout());
      pump();
    }
    now = until;
  }
  verdict input(const ndp_header& from, const std::string& message) {
    const verdict result = core.input(from, as_bytes(message), now);
    pump();
    return result;
  }
  void hear_router(std::uint16_t lifetime, std::string_view options = {}) {
    EXPECT_EQ(
        input(from_router, test::router_advertised(from_router, lifetime,
                                                   test::link_option(1, router_mac) + std::string(options))),
        verdict::taken);
  }
  std::size_t count(kind what) const {
    return static_cast<std::size_t>(std::ranges::count(done, what, &ndp_action::what));
  }
  const ndp_action& last(kind what) const {
    return *std::ranges::find(done.rbegin(), done.rend(), what, &ndp_action::what);
  }
  std::vector<ipv6_address> usable() const {
    const auto list = core.addresses().usable();
    return {list.begin(), list.end()};
  }
};

TEST_F(discovering, rfc4861_7_2_6_what_is_ours_is_announced_at_another_place) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  advance(10s);
  ASSERT_TRUE(core.add_address("2001:db8::2/64", now));
  core.announce(now);
  pump();
  ASSERT_EQ(count(kind::advertise), 1u) << "not what is still in doubt";
  const ndp_action& told = last(kind::advertise);
  EXPECT_EQ(told.source, ipv6_address("2001:db8::1"));
  EXPECT_EQ(told.target, ipv6_address("2001:db8::1"));
  EXPECT_EQ(told.destination, all_nodes);
  EXPECT_EQ(told.link, mac_address("33:33:00:00:00:01"));
  EXPECT_FALSE(told.solicited);
  advance(10s);
  EXPECT_EQ(count(kind::advertise), 1u);
  EXPECT_EQ(usable().size(), 2u);
}

TEST_F(discovering, rfc4862_5_4_2_an_address_is_asked_for_before_it_is_used) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  EXPECT_TRUE(usable().empty());
  advance(1s);
  ASSERT_EQ(count(kind::solicit_neighbour), 1u);
  const ndp_action& asked = last(kind::solicit_neighbour);
  EXPECT_TRUE(asked.source.is_unspecified());
  EXPECT_EQ(asked.destination, ipv6_address("ff02::1:ff00:1"));
  EXPECT_EQ(asked.link, mac_address("33:33:ff:00:00:01"));
  EXPECT_EQ(asked.target, ipv6_address("2001:db8::1"));
  advance(1s);
  EXPECT_EQ(count(kind::solicit_neighbour), 1u);
  EXPECT_EQ(count(kind::usable), 1u);
  EXPECT_EQ(usable(), std::vector{ipv6_address("2001:db8::1")});
}

TEST_F(discovering, rfc4862_5_4_3_a_solicitation_from_nobody_for_a_tentative_address_takes_it_away) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  const ndp_header header{{}, "ff02::1:ff00:1", 255};
  EXPECT_EQ(input(header, test::solicitation(header, "2001:db8::1")), verdict::taken);
  EXPECT_EQ(count(kind::duplicate), 1u);
  advance(10s);
  EXPECT_TRUE(usable().empty());
}

TEST_F(discovering, rfc4862_5_4_3_a_solicitation_of_somebody_for_a_tentative_address_is_not_answered) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  const ndp_header header{host, "ff02::1:ff00:1", 255};
  EXPECT_EQ(input(header, test::solicitation(header, "2001:db8::1")), verdict::taken);
  EXPECT_EQ(count(kind::advertise), 0u);
  advance(10s);
  EXPECT_EQ(usable().size(), 1u);
}

TEST_F(discovering, rfc4862_5_4_4_an_advertisement_of_a_tentative_address_takes_it_away) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  advance(1s);
  const ndp_header header{"2001:db8::1", all_nodes, 255};
  EXPECT_EQ(input(header, test::advertisement(header, "2001:db8::1", 0x2000'0000)), verdict::taken);
  EXPECT_EQ(count(kind::duplicate), 1u);
  advance(10s);
  EXPECT_TRUE(usable().empty());
}

TEST_F(discovering, an_address_in_use_stays_and_the_conflict_is_told) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  advance(3s);
  const ndp_header header{"2001:db8::1", all_nodes, 255};
  EXPECT_EQ(input(header, test::advertisement(header, "2001:db8::1", 0x2000'0000)), verdict::taken);
  EXPECT_EQ(count(kind::duplicate), 1u);
  EXPECT_EQ(usable().size(), 1u);
}

TEST_F(discovering, rfc7217_6_another_address_is_formed_after_a_duplicate_three_times_at_most) {
  core.start(now);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(core.addresses().all().size(), i < 4 ? 1u : 0u) << i;
    if (i == 4) break;
    const ipv6_address tried = core.addresses().all()[0].address();
    const ndp_header header{{}, solicited_node(tried), 255};
    EXPECT_EQ(input(header, test::solicitation(header, tried)), verdict::taken);
  }
  EXPECT_EQ(count(kind::duplicate), 4u);
}

TEST_F(discovering, rfc7217_5_the_identifier_is_stable_and_another_in_each_network) {
  const identifier_source one(secret, our_mac);
  const identifier_source same(secret, our_mac);
  const identifier_source other(secret, router_mac);
  const ipv6_address formed = one.address_in("2001:db8::/64", 0);
  EXPECT_EQ(formed, same.address_in("2001:db8::/64", 0));
  EXPECT_EQ(formed.high(), 0x2001'0db8'0000'0000u);
  EXPECT_NE(formed.low(), one.address_in("2001:db8:0:1::/64", 0).low());
  EXPECT_NE(formed.low(), one.address_in("2001:db8::/64", 1).low());
  EXPECT_NE(formed.low(), other.address_in("2001:db8::/64", 0).low());
}

TEST(identifiers, rfc5453_reserved_ones_are_known) {
  EXPECT_TRUE(is_reserved_identifier(0));
  EXPECT_FALSE(is_reserved_identifier(1));
  EXPECT_TRUE(is_reserved_identifier(0xfdff'ffff'ffff'ff80));
  EXPECT_TRUE(is_reserved_identifier(0xfdff'ffff'ffff'ffff));
  EXPECT_FALSE(is_reserved_identifier(0xfdff'ffff'ffff'ff7f));
  EXPECT_TRUE(is_reserved_identifier(0x0200'5eff'fe00'5212));
}

TEST_F(discovering, rfc4861_7_2_4_a_solicitation_for_us_is_answered) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  advance(3s);
  const ndp_header header{host, "ff02::1:ff00:1", 255};
  EXPECT_EQ(input(header, test::solicitation(header, "2001:db8::1", test::link_option(1, router_mac))),
            verdict::taken);
  const ndp_action& told = last(kind::advertise);
  EXPECT_EQ(told.source, ipv6_address("2001:db8::1"));
  EXPECT_EQ(told.destination, host);
  EXPECT_EQ(told.link, router_mac);
  EXPECT_TRUE(told.solicited);
  EXPECT_EQ(core.lookup(host, now).mac, router_mac) << "its sender is known now";
  EXPECT_EQ(input(header, test::solicitation(header, "2001:db8::2")), verdict::refused) << "not for us";
}

TEST_F(discovering, rfc4861_7_2_4_detection_by_another_of_our_address_is_answered_to_all) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  advance(3s);
  const ndp_header header{{}, "ff02::1:ff00:1", 255};
  EXPECT_EQ(input(header, test::solicitation(header, "2001:db8::1")), verdict::taken);
  EXPECT_EQ(last(kind::advertise).destination, all_nodes);
  EXPECT_FALSE(last(kind::advertise).solicited);
}

TEST_F(discovering, rfc7559_routers_are_solicited_ever_more_seldom_until_one_is_there) {
  core.start(now);
  advance(1s);
  EXPECT_EQ(count(kind::solicit_routers), 1u);
  EXPECT_EQ(last(kind::solicit_routers).destination, all_routers);
  // 4 s, 8 s and 16 s, each more or less by a tenth of the one before.
  advance(4500ms);
  EXPECT_EQ(count(kind::solicit_routers), 2u);
  advance(9500ms);
  EXPECT_EQ(count(kind::solicit_routers), 3u);
  advance(19s);
  EXPECT_EQ(count(kind::solicit_routers), 4u);
  hear_router(1800);
  advance(1h);
  EXPECT_EQ(count(kind::solicit_routers), 4u);
}

TEST_F(discovering, rfc4862_5_5_3_an_address_is_formed_from_an_autonomous_prefix) {
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous | test::on_link, 7200, 3600));
  advance(3s);
  ASSERT_EQ(usable().size(), 1u);
  EXPECT_EQ(usable()[0].high(), 0x2001'0db8'0000'0000u);
  EXPECT_EQ(core.first_hop(host, now), host) << "on the link";
  EXPECT_EQ(core.first_hop("2001:db8:1::1", now), router);
}

TEST_F(discovering, rfc4862_5_5_3_prefixes_that_form_no_address) {
  hear_router(1800, test::prefix_option("2001:db8:1::/64", test::on_link, 7200, 3600) +
                        test::prefix_option("fe80::/64", test::autonomous, 7200, 3600) +
                        test::prefix_option("2001:db8:2::/64", test::autonomous, 3600, 7200) +
                        test::prefix_option("2001:db8:3::/63", test::autonomous, 7200, 3600) +
                        test::prefix_option("2001:db8:4::/64", test::autonomous, 0, 0));
  advance(3s);
  EXPECT_TRUE(usable().empty());
}

TEST_F(discovering, rfc4861_6_3_4_a_prefix_not_on_the_link_is_reached_by_the_router) {
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous, 7200, 3600));
  EXPECT_EQ(core.first_hop(host, now), router);
}

TEST_F(discovering, rfc4862_5_5_4_an_address_ends_with_its_lifetime) {
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous | test::on_link, 7200, 3600));
  advance(7199s);
  EXPECT_EQ(usable().size(), 1u);
  EXPECT_LE(core.addresses().all()[0].preferred_until, now) << "deprecated";
  advance(2s);
  EXPECT_TRUE(usable().empty());
  EXPECT_EQ(count(kind::gone), 1u);
  EXPECT_EQ(core.first_hop(host, now), std::nullopt);
}

TEST_F(discovering, rfc4862_5_5_3_e_nobody_shortens_a_lifetime_to_less_than_two_hours) {
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous, 86400, 86400));
  advance(3s);
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous, 1, 1));
  EXPECT_EQ(core.addresses().all()[0].valid_until, now + 2h);
  EXPECT_EQ(core.addresses().all()[0].preferred_until, now + 1s);
  advance(1h);
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous, 1, 1));
  EXPECT_EQ(core.addresses().all()[0].valid_until, now + 1h) << "less than two hours are left";
  hear_router(1800, test::prefix_option("2001:db8::/64", test::autonomous, 10'000, 1));
  EXPECT_EQ(core.addresses().all()[0].valid_until, now + 10'000s);
}

TEST_F(discovering, rfc4861_6_3_4_a_router_is_one_for_its_lifetime) {
  hear_router(1800);
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), router);
  advance(1799s);
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), router);
  advance(1s);
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), std::nullopt);
  hear_router(1800);
  hear_router(0);
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), std::nullopt) << "it says that it is none";
}

TEST_F(discovering, rfc4861_7_2_5_one_that_is_no_router_any_more_is_not_used) {
  hear_router(1800);
  const ndp_header header{router, all_nodes, 255};
  EXPECT_EQ(input(header, test::advertisement(header, router, 0x2000'0000, test::link_option(2, router_mac))),
            verdict::taken);
  EXPECT_EQ(core.hops().told_routes(), 0u);
}

TEST_F(discovering, rfc4861_6_3_6_a_router_that_is_reachable_is_preferred) {
  const ndp_header other{"fe80::fd", all_nodes, 255};
  EXPECT_EQ(input(other, test::router_advertised(other, 1800)), verdict::taken);
  hear_router(1800);
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), router) << "of the other one no station is known";
}

TEST_F(discovering, rfc4191_3_2_the_preferred_router_is_taken_while_it_answers) {
  const ndp_header preferred{"fe80::fd", all_nodes, 255};
  constexpr ipv6_address far = "2001:db8:9::1";
  constexpr std::uint8_t high = 0x08;
  hear_router(1800);
  const std::string advertised = test::router_advertised(preferred, 1800, {}, 0, high);
  EXPECT_EQ(input(preferred, advertised), verdict::taken);
  EXPECT_EQ(core.first_hop(far, now), preferred.source) << "though of the other one the station is known";
  EXPECT_EQ(core.lookup(preferred.source, now).what, neighbour_cache::answer::asking);
  advance(10s);
  EXPECT_EQ(core.first_hop(far, now), router) << "it has not answered";
  EXPECT_EQ(input(preferred, advertised), verdict::taken);
  EXPECT_EQ(core.first_hop(far, now), preferred.source) << "it is tried again when it speaks";
}

TEST_F(discovering, rfc4191_3_2_the_longest_of_the_routes_that_routers_tell_is_taken) {
  const ndp_header other{"fe80::fd", all_nodes, 255};
  hear_router(1800);
  EXPECT_EQ(
      input(other, test::router_advertised(other, 0,
                                           test::route_option("2001:db8:9::/48", test::low_preference, 600) +
                                               test::route_option("2001:db8:9:1::/64", 0, 60))),
      verdict::taken);
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), other.source);
  EXPECT_EQ(core.first_hop("2001:db8:8::1", now), router) << "the other one is no default router";
  EXPECT_EQ(core.hops().prefix_length_to("2001:db8:9:1::1", now), 64);
  advance(60s);
  EXPECT_EQ(core.hops().prefix_length_to("2001:db8:9:1::1", now), 48);
  EXPECT_EQ(core.first_hop("2001:db8:9:1::1", now), other.source);
  EXPECT_EQ(input(other, test::router_advertised(other, 0, test::route_option("2001:db8:9::/48", 0, 0))),
            verdict::taken);
  EXPECT_EQ(core.first_hop("2001:db8:9:1::1", now), router);
}

TEST_F(discovering, rfc4191_2_3_a_route_to_all_replaces_what_the_header_says) {
  constexpr ipv6_address far = "2001:db8:9::1";
  hear_router(1800, test::route_option("::/0", test::low_preference, 600));
  const ndp_header other{"fe80::fd", all_nodes, 255};
  EXPECT_EQ(input(other, test::router_advertised(other, 1800)), verdict::taken);
  EXPECT_EQ(core.first_hop(far, now), other.source);
  hear_router(1800, test::route_option("::/0", test::reserved_preference, 0));
  EXPECT_EQ(core.first_hop(far, now), router) << "which is ignored with a preference that does not exist";
}

TEST_F(discovering, rfc4861_6_3_4_parameters_are_taken) {
  EXPECT_EQ(core.hop_limit(), 64);
  EXPECT_EQ(input(from_router, test::router_advertised(from_router, 1800, test::mtu_option(1400), 33)),
            verdict::taken);
  EXPECT_EQ(core.hop_limit(), 33);
  EXPECT_EQ(core.mtu(), 1400u);
  for (const std::uint32_t wrong : {1279U, 1501U, 0U}) hear_router(1800, test::mtu_option(wrong));
  EXPECT_EQ(core.mtu(), 1400u) << "less than IPv6 needs, or more than the link has";
  EXPECT_EQ(core.hop_limit(), 33) << "0 is not told";
}

TEST_F(discovering, rfc8106_5_3_dns_servers_are_known_for_their_lifetime) {
  hear_router(1800, test::dns_option("2001:db8::53", 100) + test::dns_option("2001:db8::54", 200));
  EXPECT_EQ(core.dns_servers().size(), 2u);
  advance(100s);
  ASSERT_EQ(core.dns_servers().size(), 1u);
  EXPECT_EQ(core.dns_servers()[0], ipv6_address("2001:db8::54"));
  hear_router(1800, test::dns_option("2001:db8::54", 0));
  EXPECT_TRUE(core.dns_servers().empty());
}

TEST_F(discovering, rfc4861_8_3_a_redirect_of_the_router_in_use_is_followed) {
  constexpr ipv6_address far = "2001:db8:9::1";
  constexpr ipv6_address better = "fe80::fd";
  hear_router(1800);
  const ndp_header to_us{router, "fe80::1", 255};
  const ndp_header liar{"fe80::bad", "fe80::1", 255};
  EXPECT_EQ(input(liar, test::redirected(liar, better, far)), verdict::refused);
  EXPECT_EQ(core.first_hop(far, now), router);
  EXPECT_EQ(input(to_us, test::redirected(to_us, better, far, test::link_option(2, our_mac))),
            verdict::taken);
  EXPECT_EQ(core.first_hop(far, now), better);
  EXPECT_EQ(core.first_hop("2001:db8:9::2", now), router);
  const ndp_header from_better{better, "fe80::1", 255};
  EXPECT_EQ(input(from_better, test::redirected(from_better, far, far)), verdict::taken);
  EXPECT_EQ(core.first_hop(far, now), far);
}

TEST_F(discovering, a_thousand_redirects_stay_below_their_cap) {
  hear_router(1800);
  const ndp_header to_us{router, "fe80::1", 255};
  for (std::uint64_t i = 0; i < 1000; ++i)
    EXPECT_EQ(input(to_us, test::redirected(to_us, "fe80::fd", {0x2001'0db8'0009'0000, i})), verdict::taken);
  EXPECT_EQ(core.first_hop({0x2001'0db8'0009'0000, 999}, now), ipv6_address("fe80::fd"));
  EXPECT_EQ(core.first_hop({0x2001'0db8'0009'0000, 0}, now), router) << "the oldest went";
}

TEST_F(discovering, a_flood_of_advertised_prefixes_and_routers_stays_below_its_caps) {
  for (std::uint64_t i = 1; i < 200; ++i) {
    const ndp_header from{{0xfe80'0000'0000'0000, i}, all_nodes, 255};
    EXPECT_EQ(input(from, test::router_advertised(
                              from, 1800,
                              test::prefix_option({ipv6_address(0x2001'0db8'0000'0000 | i, 0), 64},
                                                  test::autonomous | test::on_link, 7200, 7200))),
              verdict::taken);
  }
  advance(3s);
  EXPECT_LE(usable().size(), own_addresses::most);
  EXPECT_LE(core.hops().told_routes(), first_hops::most_told_routes);
}

TEST_F(discovering, without_leave_routers_tell_us_nothing) {
  ndp_core closed(our_mac, 1500, {.accept_router_advertisements = false}, secret, 1);
  const std::string told = test::router_advertised(from_router, 1800);
  EXPECT_EQ(closed.input(from_router, as_bytes(told), now), verdict::refused);
  EXPECT_EQ(closed.first_hop("2001:db8:9::1", now), std::nullopt);
}

TEST_F(discovering, a_configured_route_goes_by_its_gateway) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  EXPECT_TRUE(core.hops().add_route({}, "2001:db8::fe"));
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), ipv6_address("2001:db8::fe"));
  EXPECT_EQ(core.first_hop(host, now), host);
  core.hops().remove_route({});
  EXPECT_EQ(core.first_hop("2001:db8:9::1", now), std::nullopt);
}

TEST_F(discovering, a_neighbour_is_solicited_from_an_address_of_ours_to_its_group) {
  ASSERT_TRUE(core.add_address("2001:db8::1/64", now));
  advance(3s);
  done.clear();
  EXPECT_EQ(core.lookup(host, now).what, neighbour_cache::answer::asking);
  pump();
  ASSERT_EQ(count(kind::solicit_neighbour), 1u);
  EXPECT_EQ(done[0].source, ipv6_address("2001:db8::1"));
  EXPECT_EQ(done[0].destination, ipv6_address("ff02::1:ff00:7"));
  std::array<std::byte, greatest_ndp_message> room;
  const std::size_t size = core.emit(done[0], room);
  EXPECT_TRUE(
      read_neighbour_solicitation({done[0].source, done[0].destination, 255}, cbytes(room).first(size)));
}

}  // namespace
}  // namespace mirage
