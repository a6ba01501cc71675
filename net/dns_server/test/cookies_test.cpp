// SPDX-License-Identifier: ISC
#include "mirage/dns_server/cookies.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace mirage::dns {
namespace {

TEST(Cookies, AreKnownForAnHourAndToOneClient) {
  const mirage::test::virtual_node node;
  const cookies ours;
  const ip_address client("192.0.2.1");
  const std::vector<std::byte> asked(8, std::byte{7});
  EXPECT_EQ(ours.check(asked, client, 5000), cookie_state::unknown);
  cookie_pair pair = ours.make(asked, client, 5000);
  EXPECT_EQ(ours.check(pair, client, 5000), cookie_state::known);
  EXPECT_EQ(ours.check(pair, client, 5000 + 3600), cookie_state::known);
  EXPECT_EQ(ours.check(pair, client, 5000 + 3601), cookie_state::unknown);
  EXPECT_EQ(ours.check(pair, client, 5000 - 301), cookie_state::unknown);
  EXPECT_EQ(ours.check(pair, ip_address("192.0.2.2"), 5000), cookie_state::unknown);
  EXPECT_EQ(cookies().check(pair, client, 5000), cookie_state::unknown) << "of another server";
  pair[0] ^= std::byte{1};
  EXPECT_EQ(ours.check(pair, client, 5000), cookie_state::unknown);
}

TEST(Cookies, HaveALength) {
  const mirage::test::virtual_node node;
  const cookies ours;
  for (const std::size_t size : {0u, 1u, 7u, 9u, 15u, 41u})
    EXPECT_EQ(ours.check(std::vector<std::byte>(size), ip_address(), 1), cookie_state::malformed) << size;
  for (const std::size_t size : {8u, 16u, 24u, 40u})
    EXPECT_EQ(ours.check(std::vector<std::byte>(size), ip_address(), 1), cookie_state::unknown) << size;
}

}  // namespace
}  // namespace mirage::dns
