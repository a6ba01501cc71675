// SPDX-License-Identifier: ISC
#include "mirage/core/endpoint.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <unordered_set>

#include "mirage/core/format.hpp"

namespace mirage {
namespace {

std::string text(const endpoint& value) { return std::string(format_text<64>("{}", value)); }

TEST(endpoint, reads_an_address_and_a_port) {
  EXPECT_EQ(endpoint::parse("10.0.0.2:80"), endpoint(ipv4_address("10.0.0.2"), 80));
  EXPECT_EQ(endpoint::parse("[::1]:65535"), endpoint(ipv6_address::loopback(), 65535));
  EXPECT_EQ(endpoint::parse("[::ffff:10.0.0.2]:0"), endpoint(ipv6_address("::ffff:10.0.0.2"), 0));
  static_assert(endpoint{"0.0.0.0:53"}.port == 53);
}

TEST(endpoint, refuses_everything_else) {
  for (std::string_view wrong : {"",
                                 ":",
                                 "10.0.0.2",
                                 "10.0.0.2:",
                                 ":80",
                                 "10.0.0.2:65536",
                                 "10.0.0.2:080",
                                 "10.0.0.2:+80",
                                 "10.0.0.2: 80",
                                 "10.0.0.2:80 ",
                                 "10.0.0.2:8a",
                                 "[10.0.0.2]:80",
                                 "::1:80",
                                 "[::1]",
                                 "[::1]:",
                                 "[::1:80",
                                 "::1]:80",
                                 "[]:80",
                                 "[::1]80",
                                 "[[::1]]:80",
                                 "[fe80::1%2]:80",
                                 "localhost:80",
                                 "10.0.0.2:100000",
                                 "[:80",
                                 "]:80"})
    EXPECT_EQ(endpoint::parse(wrong), std::nullopt) << wrong;
}

TEST(endpoint, prints_brackets_around_ipv6) {
  EXPECT_EQ(text({ipv4_address("10.0.0.2"), 80}), "10.0.0.2:80");
  EXPECT_EQ(text({ipv6_address("2001:db8::1"), 443}), "[2001:db8::1]:443");
  EXPECT_EQ(text({}), "0.0.0.0:0");
}

TEST(endpoint, goes_through_text_and_tables) {
  std::mt19937_64 random(8);
  std::unordered_set<endpoint> seen;
  for (int i = 0; i < 20'000; ++i) {
    const auto port = static_cast<std::uint16_t>(random());
    const endpoint value = i % 2 == 0 ? endpoint(ipv4_address(static_cast<std::uint32_t>(random())), port)
                                      : endpoint(ipv6_address(random(), random()), port);
    ASSERT_EQ(endpoint::parse(text(value)), value);
    seen.insert(value);
  }
  EXPECT_GT(seen.size(), 19'900u);
  EXPECT_LT(endpoint("10.0.0.2:80"), endpoint("10.0.0.2:81"));
  EXPECT_LT(endpoint("10.0.0.2:81"), endpoint("10.0.0.3:80"));
}

}  // namespace
}  // namespace mirage
