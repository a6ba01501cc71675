// SPDX-License-Identifier: ISC
#include "mirage/ipv6/examine.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using verdict = ipv6_verdict;
constexpr instant now = test::virtual_start;

struct examining : testing::Test {
  examining() {
    EXPECT_TRUE(addresses.add({.network = "2001:db8::2/64"}, now));
    while (addresses.poll(now)) continue;
    EXPECT_TRUE(addresses.add({.network = "2001:db8::3/64"}, now));
    EXPECT_TRUE(groups.join(ipv6_address("ff02::1"), false, now));
  }
  own_addresses addresses{ndp_options{.duplicate_detections = 0}, 1};
  group_membership groups{1};

  static std::vector<std::byte> packet(const ipv6_address& source, const ipv6_address& destination) {
    std::vector<std::byte> made(ipv6_header::size + 10);
    ipv6_header::write(made, {.source = source, .destination = destination, .payload_length = 10});
    return made;
  }
  verdict from_to(const ipv6_address& source, const ipv6_address& destination, bool group = false) {
    return examine_ipv6(packet(source, destination), group, addresses, groups);
  }
};

TEST_F(examining, a_header_is_read_as_it_was_written) {
  const ipv6_fields fields{.source = "2001:db8::1",
                           .destination = "2001:db8::2",
                           .next_header = 6,
                           .hop_limit = 9,
                           .traffic_class = 0xb9,
                           .flow_label = 0xabcde,
                           .payload_length = 2};
  std::vector<std::byte> made(42);
  ipv6_header::write(made, fields);
  const auto header = ipv6_header::of(made);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->total_length(), 42u);
  const ipv6_fields read = header->fields();
  EXPECT_EQ(read.source, fields.source);
  EXPECT_EQ(read.destination, fields.destination);
  EXPECT_EQ(read.next_header, 6);
  EXPECT_EQ(read.hop_limit, 9);
  EXPECT_EQ(read.traffic_class, 0xb9);
  EXPECT_EQ(read.flow_label, 0xabcdeu);
  EXPECT_EQ(read.payload_length, 2);
}

TEST_F(examining, packets_for_us_are_taken) {
  EXPECT_EQ(from_to("2001:db8::1", "2001:db8::2"), verdict::fine);
  EXPECT_EQ(from_to("fe80::1", "ff02::1", true), verdict::fine);
  EXPECT_EQ(from_to("::", "ff02::1", true), verdict::fine) << "detection of duplicates";
}

TEST_F(examining, packets_for_others_are_not) {
  EXPECT_EQ(from_to("2001:db8::1", "2001:db8::9"), verdict::not_ours);
  EXPECT_EQ(from_to("2001:db8::1", "2001:db8::3"), verdict::not_ours) << "tentative, RFC 4862 §5.4";
  EXPECT_EQ(from_to("2001:db8::1", "ff02::2", true), verdict::not_ours);
  EXPECT_EQ(from_to("2001:db8::1", "::1"), verdict::not_ours);
  EXPECT_EQ(from_to("2001:db8::1", "::"), verdict::not_ours);
  EXPECT_EQ(from_to("2001:db8::1", "2001:db8::2", true), verdict::not_ours);
}

TEST_F(examining, rfc4291_2_7_a_group_of_the_interface_does_not_come_from_a_link) {
  EXPECT_TRUE(groups.join(ipv6_address("ff01::1"), false, now));
  EXPECT_EQ(from_to("fe80::1", "ff01::1", true), verdict::not_ours);
}

TEST_F(examining, nobody_sends_from_there) {
  for (const ipv6_address source :
       {ipv6_address("::"), ipv6_address("::1"), ipv6_address("ff02::1"), ipv6_address("::ffff:192.0.2.1")})
    EXPECT_EQ(from_to(source, "2001:db8::2"), verdict::martian);
  EXPECT_EQ(from_to("2001:db8::2", "2001:db8::2"), verdict::from_us);
}

TEST_F(examining, less_than_it_says_is_malformed) {
  const auto made = packet("2001:db8::1", "2001:db8::2");
  for (std::size_t size = 0; size < made.size(); ++size)
    EXPECT_EQ(examine_ipv6(cbytes(made).first(size), false, addresses, groups), verdict::malformed);
  auto other_version = made;
  other_version[0] = std::byte{0x40};
  EXPECT_EQ(examine_ipv6(other_version, false, addresses, groups), verdict::malformed);
}

}  // namespace
}  // namespace mirage
