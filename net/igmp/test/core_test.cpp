// SPDX-License-Identifier: ISC
// When a host says what of its groups: RFC 3376 §5, §7.2.
#include "mirage/igmp/core.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr ipv4_address group = "239.1.2.3";
constexpr ipv4_address other = "239.4.5.6";
using verdict = igmp_host::verdict;

struct igmp_hosts : testing::Test {
  instant now = test::virtual_start;
  igmp_host host{1};

  static std::vector<std::byte> query(std::uint8_t code, ipv4_address about, std::size_t size) {
    std::vector<std::byte> made(size);
    made[0] = std::byte{0x11};
    made[1] = std::byte{code};
    about.store(&made[4]);
    store_be16(&made[2], checksum::finish(checksum::sum_of(made)));
    return made;
  }
  verdict ask(std::uint8_t code, ipv4_address about = {}, std::size_t size = 12) {
    return host.input({about.is_unspecified() ? all_hosts_group : about, 1, true}, query(code, about, size),
                      now);
  }
  /// All that is said until nothing is waited for.
  std::vector<igmp_action> said() {
    std::vector<igmp_action> all;
    while (true) {
      while (const auto next = host.poll(now)) all.push_back(*next);
      if (host.next_timeout() == never) return all;
      now = host.next_timeout();
    }
  }
  void join_quietly(ipv4_address one) {
    EXPECT_TRUE(host.join(one, now));
    static_cast<void>(said());
  }
};

TEST_F(igmp_hosts, rfc3376_5_1_a_join_and_a_leave_are_told_twice) {
  ASSERT_TRUE(host.join(group, now));
  auto all = said();
  ASSERT_EQ(all.size(), 2u);
  for (const igmp_action& each : all) {
    EXPECT_EQ(each.destination, igmp_routers_group);
    ASSERT_EQ(each.records.size(), 1u);
    EXPECT_EQ(each.records[0].type, group_record_type::to_exclude);
  }
  EXPECT_TRUE(host.contains(group));
  host.leave(group, now);
  EXPECT_FALSE(host.contains(group));
  all = said();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].records[0].type, group_record_type::to_include);
}

TEST_F(igmp_hosts, the_group_of_all_hosts_is_nobodys_news) {
  EXPECT_TRUE(host.contains(all_hosts_group));
  ASSERT_TRUE(host.join(all_hosts_group, now));
  EXPECT_TRUE(said().empty());
  EXPECT_EQ(ask(10), verdict::taken);
  EXPECT_TRUE(said().empty());
}

TEST_F(igmp_hosts, rfc3376_5_2_a_query_is_answered_within_its_time) {
  join_quietly(group);
  join_quietly(other);
  EXPECT_EQ(ask(100), verdict::taken);
  const instant asked = now;
  auto all = said();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].records.size(), 2u);
  EXPECT_LE(now, asked + 10s);
  EXPECT_EQ(ask(10, other), verdict::taken);
  all = said();
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].records.size(), 1u);
  EXPECT_EQ(all[0].records[0].type, group_record_type::is_exclude);
  EXPECT_EQ(all[0].records[0].group, ip_address(other));
}

TEST_F(igmp_hosts, rfc3376_9_1_who_asks_otherwise_than_a_router_of_the_link_is_not_answered) {
  join_quietly(group);
  const auto general = query(10, {}, 12);
  EXPECT_EQ(host.input({all_hosts_group, 2, true}, general, now), verdict::refused);
  EXPECT_EQ(host.input({all_hosts_group, 1, false}, general, now), verdict::refused);
  EXPECT_EQ(host.input({group, 1, true}, general, now), verdict::refused);
  EXPECT_EQ(host.input({all_hosts_group, 1, true}, query(10, {}, 11), now), verdict::malformed);
  EXPECT_TRUE(said().empty());
}

TEST_F(igmp_hosts, rfc3376_7_2_1_version_2_is_spoken_with_who_speaks_no_other) {
  join_quietly(group);
  EXPECT_EQ(ask(10, {}, 8), verdict::taken);
  EXPECT_EQ(host.version(now), igmp_version::two);
  auto all = said();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].type, igmp_type::report_2);
  EXPECT_EQ(all[0].destination, group);
  host.leave(group, now);
  all = said();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0].type, igmp_type::leave);
  EXPECT_EQ(all[0].destination, all_routers_group);
  now += igmp_host::older_querier_present;
  EXPECT_EQ(host.version(now), igmp_version::three);
  ASSERT_TRUE(host.join(group, now));
  EXPECT_EQ(said()[0].type, igmp_type::report_3);
}

TEST_F(igmp_hosts, rfc3376_7_2_1_version_1_has_no_word_for_leaving_and_goes_before_version_2) {
  join_quietly(group);
  join_quietly(other);
  EXPECT_EQ(host.input({all_hosts_group, 1, false}, query(0, {}, 8), now), verdict::taken)
      << "without the option";
  EXPECT_EQ(ask(10, {}, 8), verdict::taken);
  EXPECT_EQ(host.version(now), igmp_version::one);
  const auto all = said();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].type, igmp_type::report_1);
  EXPECT_EQ(all[1].destination, other);
  host.leave(group, now);
  EXPECT_TRUE(said().empty());
}

TEST_F(igmp_hosts, rfc2236_3_the_answer_of_another_is_enough_in_version_2_only) {
  join_quietly(group);
  std::array<std::byte, igmp_message_size> report;
  write_igmp_message(report, igmp_type::report_2, group);
  EXPECT_EQ(ask(100, group), verdict::taken);
  EXPECT_EQ(host.input({group, 1, true}, report, now), verdict::ignored);
  EXPECT_EQ(said().size(), 1u);
  EXPECT_EQ(ask(10, {}, 8), verdict::taken);
  static_cast<void>(said());
  EXPECT_EQ(ask(100, group, 8), verdict::taken);
  EXPECT_EQ(host.input({group, 1, true}, report, now), verdict::taken);
  EXPECT_TRUE(said().empty());
}

TEST_F(igmp_hosts, rfc3376_7_2_1_another_version_forgets_what_was_to_be_told) {
  ASSERT_TRUE(host.join(group, now));
  EXPECT_TRUE(host.poll(now).has_value());
  EXPECT_EQ(ask(10, other, 8), verdict::taken) << "about one group: the version stays";
  EXPECT_EQ(host.version(now), igmp_version::three);
  EXPECT_EQ(ask(10, {}, 8), verdict::taken);
  const auto all = said();
  ASSERT_EQ(all.size(), 1u) << "the answer, and not the join once more";
  EXPECT_EQ(all[0].type, igmp_type::report_2);
}

TEST_F(igmp_hosts, more_groups_than_a_message_holds_are_told_in_several) {
  for (std::uint32_t i = 0; i < 40; ++i)
    ASSERT_TRUE(host.join(ipv4_address(239, 0, 0, static_cast<std::uint8_t>(i + 1)), now));
  static_cast<void>(said());
  EXPECT_EQ(ask(10), verdict::taken);
  std::size_t records = 0;
  for (const igmp_action& each : said()) records += each.records.size();
  EXPECT_EQ(records, 40u);
}

}  // namespace
}  // namespace mirage
