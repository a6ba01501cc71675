// SPDX-License-Identifier: ISC
#include "mirage/dns_zones.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/dns/zone_file.hpp"

namespace mirage::dns {
namespace {

std::unique_ptr<const zone> zone_of(std::string_view origin, std::string_view text) {
  auto made = read_zone("$TTL 60\n@ SOA ns host 7 1 1 1 1\n" + std::string(text), *name::parse(origin));
  EXPECT_TRUE(made) << made.error().why;
  return *std::move(made);
}

std::vector<std::byte> two_zones() {
  std::vector<std::byte> kept;
  compiled_zones::append(kept, *zone_of("a.example.", "x A 192.0.2.1\n"));
  compiled_zones::append(kept, *zone_of("b.example.", "y A 192.0.2.2\nz A 192.0.2.3\n"));
  return kept;
}

TEST(compiled_zones, come_one_behind_the_other_and_where_they_lie) {
  const auto kept = two_zones();
  compiled_zones zones(kept);
  const auto first = zones.next();
  EXPECT_FALSE(zones.at_end());
  const auto second = zones.next();
  EXPECT_TRUE(zones.at_end());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->origin(), name::parse("a.example.")->view());
  EXPECT_EQ(second->origin(), name::parse("b.example.")->view());
  EXPECT_EQ(second->records(), 3u);
  EXPECT_GT(second->block().data(), kept.data());
  EXPECT_EQ(second->block().data() + second->block().size(), kept.data() + kept.size());
  EXPECT_EQ(zones.next(), nullptr);
}

TEST(compiled_zones, end_where_there_is_none) {
  auto kept = two_zones();
  kept.pop_back();
  compiled_zones zones(kept);
  EXPECT_TRUE(zones.next());
  EXPECT_EQ(zones.next(), nullptr);
  EXPECT_FALSE(zones.at_end());
  compiled_zones nothing({});
  EXPECT_TRUE(nothing.at_end());
  EXPECT_EQ(nothing.next(), nullptr);
}

}  // namespace
}  // namespace mirage::dns
