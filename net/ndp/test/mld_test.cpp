// SPDX-License-Identifier: ISC
// Reports of multicast groups: RFC 3810 §5 and §6.
#include "mirage/ndp/mld.hpp"

#include <gtest/gtest.h>

#include <array>

#include "link_messages.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using type = group_record_type;
constexpr ipv6_address group = "ff0e::1234";
constexpr ipv6_address other = "ff0e::5678";
constexpr ndp_header from_router{"fe80::fe", all_nodes, 1};

struct membership : testing::Test {
  instant now = test::virtual_start;
  group_membership groups{1};
};

std::string query(std::uint16_t code, const ipv6_address& about) {
  return test::finished(
      test::head(130, std::uint32_t{code} << 16) + test::raw_of(about) + std::string(4, '\0'), from_router);
}

TEST_F(membership, rfc3810_6_1_a_join_is_told_at_once_and_once_more_within_a_second) {
  EXPECT_TRUE(groups.join(group, true, now));
  auto told = groups.poll(now);
  ASSERT_TRUE(told);
  ASSERT_EQ(told->size(), 1u);
  EXPECT_EQ((*told)[0].type, type::to_exclude);
  EXPECT_EQ((*told)[0].group, ip_address(group));
  EXPECT_FALSE(groups.poll(now));
  EXPECT_LE(groups.next_timeout(), now + 1s);
  now = groups.next_timeout();
  EXPECT_TRUE(groups.poll(now));
  EXPECT_EQ(groups.next_timeout(), never);
}

TEST_F(membership, rfc3810_6_1_only_the_first_join_and_the_last_leave_are_told) {
  EXPECT_TRUE(groups.join(group, true, now));
  while (groups.next_timeout() != never) static_cast<void>(groups.poll(now = groups.next_timeout()));
  EXPECT_TRUE(groups.join(group, true, now));
  EXPECT_FALSE(groups.poll(now));
  groups.leave(group, now);
  EXPECT_FALSE(groups.poll(now));
  EXPECT_TRUE(groups.contains(group));
  groups.leave(group, now);
  EXPECT_FALSE(groups.contains(group));
  const auto told = groups.poll(now);
  ASSERT_TRUE(told);
  EXPECT_EQ((*told)[0].type, type::to_include);
  while (groups.next_timeout() != never) static_cast<void>(groups.poll(now = groups.next_timeout()));
  groups.leave(group, now);
  EXPECT_EQ(groups.next_timeout(), never);
}

TEST_F(membership, rfc3810_6_2_a_general_query_is_answered_within_its_time_with_all_groups) {
  EXPECT_TRUE(groups.join(group, true, now));
  EXPECT_TRUE(groups.join(other, true, now));
  EXPECT_TRUE(groups.join(all_nodes, false, now));
  while (groups.next_timeout() != never) static_cast<void>(groups.poll(now = groups.next_timeout()));
  groups.queried(ipv6_address{}, 10s, now);
  EXPECT_LE(groups.next_timeout(), now + 10s);
  now = groups.next_timeout();
  const auto told = groups.poll(now);
  ASSERT_TRUE(told);
  ASSERT_EQ(told->size(), 2u) << "all nodes are told to nobody";
  EXPECT_EQ((*told)[0].type, type::is_exclude);
  EXPECT_EQ(groups.next_timeout(), never);
}

TEST_F(membership, rfc3810_6_2_a_query_for_one_group_is_answered_if_we_are_in_it) {
  EXPECT_TRUE(groups.join(group, true, now));
  while (groups.next_timeout() != never) static_cast<void>(groups.poll(now = groups.next_timeout()));
  groups.queried(other, 1s, now);
  EXPECT_EQ(groups.next_timeout(), never);
  groups.queried(group, 1s, now);
  now = groups.next_timeout();
  const auto told = groups.poll(now);
  ASSERT_TRUE(told);
  EXPECT_EQ((*told)[0].group, ip_address(group));
}

TEST_F(membership, has_a_cap_and_tells_of_all_in_several_messages) {
  std::size_t joined = 0;
  for (std::uint64_t i = 0; i < 100; ++i)
    if (groups.join(ipv6_address(0xff0e'0000'0000'0000, i), true, now)) ++joined;
  EXPECT_EQ(joined, group_membership::most_groups);
  while (groups.next_timeout() != never) static_cast<void>(groups.poll(now = groups.next_timeout()));
  groups.queried(ipv6_address{}, 0s, now);
  std::size_t told = 0;
  while (const auto report = groups.poll(now)) told += report->size();
  EXPECT_EQ(told, joined);
}

TEST(mld, rfc3810_6_queries_are_checked) {
  const std::string good = query(1000, {});
  const auto read = read_group_query(from_router, as_bytes(good));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->response_time, 1s);
  EXPECT_FALSE(read_group_query({"fe80::fe", all_nodes, 2}, as_bytes(good)));
  EXPECT_FALSE(read_group_query({"fe80::fd", all_nodes, 1}, as_bytes(good)));
  const std::string elsewhere = query(1000, "2001:db8::1");
  EXPECT_FALSE(read_group_query(from_router, as_bytes(elsewhere)));
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(read_group_query(from_router, as_bytes(good.substr(0, size)))) << size;
}

TEST(mld, rfc3810_5_1_3_long_response_times_have_an_exponent) {
  EXPECT_EQ(read_group_query(from_router, as_bytes(query(0x7fff, {})))->response_time, 32767ms);
  EXPECT_EQ(read_group_query(from_router, as_bytes(query(0x8000, {})))->response_time, 32768ms);
  EXPECT_EQ(read_group_query(from_router, as_bytes(query(0xffff, {})))->response_time, 8387584ms);
}

TEST(mld, groups_that_stay_here_are_told_to_nobody) {
  EXPECT_FALSE(is_told_to_routers(all_nodes));
  EXPECT_FALSE(is_told_to_routers("ff01::1234"));
  EXPECT_TRUE(is_told_to_routers("ff02::1:ff00:1"));
  EXPECT_TRUE(is_told_to_routers(group));
}

TEST(mld, a_report_is_written) {
  group_report report;
  report.push_back({type::to_exclude, group});
  report.push_back({type::to_include, other});
  const ndp_header header{"fe80::1", all_mld_routers, 1};
  std::array<std::byte, 48> room;
  ASSERT_EQ(group_report_size(report), room.size());
  EXPECT_EQ(write_group_report(room, header, report), room.size());
  EXPECT_TRUE(icmpv6_header::is_checksum_right(room, header.source, header.destination));
  EXPECT_EQ(as_text(room).substr(4), test::raw_of(2U) + test::raw_of(0x0400'0000U) + test::raw_of(group) +
                                         test::raw_of(0x0300'0000U) + test::raw_of(other));
}

}  // namespace
}  // namespace mirage
