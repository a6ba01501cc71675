// SPDX-License-Identifier: ISC
#include "mirage/tcp/path_search.hpp"

#include <gtest/gtest.h>

namespace mirage::tcp_protocol {
namespace {

constexpr instant start{1000s};

/// Probes over a path that takes so much; how many until there is nothing to try. Gives what is in use then.
std::uint32_t search(path_search& of, std::uint32_t takes, std::uint32_t in_use, int& probes) {
  for (probes = 0; probes < 100; ++probes) {
    const std::uint32_t size = of.candidate(start);
    if (size == 0) break;
    if (size <= takes)
      in_use = of.arrived(start);
    else
      of.lost(start);
  }
  return in_use;
}

TEST(path_search, does_nothing_unless_told_to) {
  path_search made;
  EXPECT_EQ(made.candidate(start), 0u);
}

TEST(path_search, is_convinced_only_when_nothing_long_arrives_several_times_in_a_row) {
  path_search made;
  EXPECT_FALSE(made.only_small_arrived());
  EXPECT_FALSE(made.only_small_arrived());
  made.large_arrived();
  EXPECT_FALSE(made.only_small_arrived());
  EXPECT_FALSE(made.only_small_arrived());
  EXPECT_TRUE(made.only_small_arrived());
}

TEST(path_search, tries_first_what_was_in_use) {
  path_search made;
  made.begin(576, 1500, start);
  EXPECT_EQ(made.candidate(start), 1500u);
  EXPECT_EQ(made.arrived(start), 1500u);
  EXPECT_EQ(made.candidate(start + 24h), 0u) << "there is nothing longer";
}

TEST(path_search, one_lost_probe_says_nothing) {
  path_search made;
  made.begin(576, 1500, start);
  made.lost(start);
  made.lost(start);
  EXPECT_EQ(made.candidate(start), 1500u);
  made.lost(start);
  EXPECT_LT(made.candidate(start), 1500u) << "RFC 8899 §5.1.2: three times";
}

TEST(path_search, comes_near_to_what_the_path_takes) {
  for (const std::uint32_t takes : {600u, 1006u, 1280u, 1420u, 1492u}) {
    path_search made;
    made.begin(576, 1500, start);
    int probes = 0;
    const std::uint32_t found = search(made, takes, 576, probes);
    EXPECT_LE(found, takes);
    EXPECT_GT(found + 16, takes);
    EXPECT_LE(probes, 30);
  }
}

TEST(path_search, looks_again_after_ten_minutes) {
  path_search made;
  made.begin(576, 1500, start);
  int probes = 0;
  EXPECT_LE(search(made, 1400, 576, probes), 1400u);
  EXPECT_EQ(made.candidate(start + 599s), 0u);
  EXPECT_EQ(made.candidate(start + 600s), 1500u);
}

TEST(path_search, heeds_what_a_router_says) {
  path_search made;
  made.begin(576, 1500, start);
  made.told(1400, start);
  EXPECT_EQ(made.candidate(start), 1400u);
  made.told(500, start);
  EXPECT_EQ(made.candidate(start), 0u) << "no less than what passes";
}

}  // namespace
}  // namespace mirage::tcp_protocol
