// SPDX-License-Identifier: ISC
#include "mirage/core/mac_address.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_set>

#include "mirage/core/format.hpp"

namespace mirage {
namespace {

std::string text(const mac_address& address) { return std::string(format_text<40>("{}", address)); }

TEST(mac_address, reads_colons_and_hyphens_in_either_case) {
  EXPECT_EQ(mac_address::parse("02:00:5e:10:00:01"), mac_address({0x02, 0x00, 0x5e, 0x10, 0x00, 0x01}));
  EXPECT_EQ(mac_address::parse("AA-BB-CC-dd-ee-ff"), mac_address({0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}));
  static_assert(mac_address{"ff:ff:ff:ff:ff:ff"} == mac_address::broadcast());
}

TEST(mac_address, refuses_everything_else) {
  for (std::string_view wrong :
       {"", "02:00:5e:10:00", "02:00:5e:10:00:01:", "02:00:5e:10:00:1", "2:0:5e:10:0:1", "02005e100001",
        "02:00:5e:10:00-01", "02-00:5e:10:00:01", "0g:00:5e:10:00:01", "02:00:5e:10:00:0 ",
        " 2:00:5e:10:00:01", "02.00.5e.10.00.01", "02:00:5e:10:00:011"})
    EXPECT_EQ(mac_address::parse(wrong), std::nullopt) << wrong;
}

TEST(mac_address, prints_lower_case_with_colons) {
  EXPECT_EQ(text(mac_address({0x02, 0, 0x5E, 0x10, 0, 0xff})), "02:00:5e:10:00:ff");
  EXPECT_EQ(text({}), "00:00:00:00:00:00");
}

TEST(mac_address, knows_its_kind) {
  EXPECT_TRUE(mac_address::broadcast().is_broadcast());
  EXPECT_TRUE(mac_address::broadcast().is_multicast());
  EXPECT_TRUE(mac_address{"01:00:5e:00:00:01"}.is_multicast());
  EXPECT_FALSE(mac_address{"01:00:5e:00:00:01"}.is_broadcast());
  EXPECT_FALSE(mac_address{"00:16:3e:00:00:01"}.is_multicast());
  EXPECT_FALSE(mac_address{"00:16:3e:00:00:01"}.is_locally_administered());
  EXPECT_TRUE(mac_address{"02:00:00:00:00:01"}.is_locally_administered());
  EXPECT_TRUE(mac_address().is_zero());
  EXPECT_FALSE(mac_address{"00:00:00:00:00:01"}.is_zero());
}

TEST(mac_address, goes_over_the_wire_and_through_text) {
  std::mt19937_64 random(3);
  std::unordered_set<mac_address> seen;
  for (int i = 0; i < 10'000; ++i) {
    std::array<std::uint8_t, 6> octets;
    for (auto& octet : octets) octet = static_cast<std::uint8_t>(random());
    const mac_address address(octets);
    std::array<std::byte, 6> wire;
    address.store(wire.data());
    EXPECT_EQ(std::to_integer<std::uint8_t>(wire[0]), octets[0]);
    ASSERT_EQ(mac_address::load(wire.data()), address);
    ASSERT_EQ(mac_address::parse(text(address)), address);
    seen.insert(address);
    EXPECT_TRUE(seen.contains(address));
  }
  EXPECT_GT(seen.size(), 9'990u);
}

TEST(mac_address, is_ordered) {
  EXPECT_LT(mac_address{"00:00:00:00:00:ff"}, mac_address{"00:00:00:00:01:00"});
  EXPECT_LT(mac_address{"7f:00:00:00:00:00"}, mac_address{"80:00:00:00:00:00"});
}

TEST(mac_address, hashes_by_seed) {
  const mac_address address{"02:00:00:00:00:01"};
  EXPECT_EQ(address.hash(7), address.hash(7));
  EXPECT_NE(address.hash(7), address.hash(8));
}

}  // namespace
}  // namespace mirage
