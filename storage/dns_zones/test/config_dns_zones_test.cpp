// SPDX-License-Identifier: ISC
#include <mirage/config/dns_zones.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mirage::config {
namespace {

using ::testing::ElementsAre;

TEST(config_dns_zones, are_a_store_of_crunch_that_the_build_makes) {
  const auto zones = compiled_zones("zones");
  const descriptor& what = zones.itself()->what;
  EXPECT_EQ(what.type, "mirage::crunch<generated::zones>");
  EXPECT_EQ(what.header, "zones.hpp");
  EXPECT_THAT(what.cmake, ElementsAre("mirage_zones(image zones \"zones\")"));
  EXPECT_THAT(what.packages, ElementsAre("crunch", "dns_zones"));
}

}  // namespace
}  // namespace mirage::config
