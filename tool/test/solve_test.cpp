// SPDX-License-Identifier: ISC
#include "../src/solve.hpp"

#include <gtest/gtest.h>

namespace mirage::tool {
namespace {

package make(std::string name, std::string version, std::vector<wish> wishes = {},
             std::vector<std::string> targets = {}) {
  package one;
  one.name = std::move(name);
  one.version = std::move(version);
  one.wishes = std::move(wishes);
  one.targets = std::move(targets);
  return one;
}

std::string names(const std::vector<package>& packages) {
  std::string text;
  for (const auto& one : packages) text += one.name + " " + one.version + ";";
  return text;
}

TEST(solve, brings_what_is_wanted_and_what_that_wants) {
  const std::vector<package> all{make("core", "1.0"), make("http", "1.2", {{"core", ">= 1.0"}}),
                                 make("dns", "1.0")};
  const auto found = solve({{"website", {{"http", ">= 1.0"}}}}, all, "unix");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(names(*found), "core 1.0;http 1.2;");
}

TEST(solve, chooses_the_version_that_fits_all) {
  const std::vector<package> all{make("http", "1.5"), make("http", "2.0"),
                                 make("web", "1.0", {{"http", "< 2"}})};
  const auto found = solve({{"website", {{"web", ""}, {"http", ">= 1.0"}}}}, all, "unix");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(names(*found), "http 1.5;web 1.0;");
}

TEST(solve, says_who_wants_what_and_what_is_there) {
  const std::vector<package> all{make("core", "1.0"), make("http", "1.2", {{"core", ">= 3"}})};
  const auto found = solve({{"website", {{"http", ""}}}}, all, "unix");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().sentence, "http wants core >= 3, but what there is of core is 1.0");
}

TEST(solve, names_both_sides_of_a_conflict) {
  const std::vector<package> all{make("http", "1.5"), make("http", "2.0"),
                                 make("old", "1.0", {{"http", "< 2"}}),
                                 make("new", "1.0", {{"http", ">= 2"}})};
  const auto found = solve({{"website", {{"old", ""}, {"new", ""}}}}, all, "unix");
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().sentence.find("old wants http < 2"), std::string::npos) << found.error().sentence;
  EXPECT_NE(found.error().sentence.find("new wants http >= 2"), std::string::npos) << found.error().sentence;
}

TEST(solve, a_package_of_another_target_is_named_as_such) {
  const std::vector<package> all{make("linux", "1.0", {}, {"unix"})};
  const auto found = solve({{"config.cpp:7: files", {{"linux", ""}}}}, all, "virtio");
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().sentence,
            "config.cpp:7: files wants linux, but linux is for the target unix only, and this is virtio");
}

}  // namespace
}  // namespace mirage::tool
