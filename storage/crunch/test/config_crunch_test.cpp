// SPDX-License-Identifier: ISC
#include <mirage/config/crunch.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mirage::config {
namespace {

using ::testing::ElementsAre;

TEST(config_crunch, a_plain_folder_keeps_its_name) {
  const auto files = crunch("htdocs");
  const descriptor& what = files.itself()->what;
  EXPECT_EQ(what.type, "mirage::crunch<generated::htdocs>");
  EXPECT_EQ(what.header, "htdocs.hpp");
  EXPECT_THAT(what.cmake, ElementsAre("mirage_crunch(image htdocs \"htdocs\")"));
  EXPECT_TRUE(what.targets.empty());
}

TEST(config_crunch, other_folders_get_names_of_their_own) {
  std::set<std::string> names;
  for (const char* folder : {"a/b", "a-b", "a_b", "ab", "../site", "1", "_", "./a/b", ""}) {
    const std::string name = detail::store_name(folder);
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == name.npos) << name;
  }
  EXPECT_TRUE(detail::store_name("../site").starts_with("folder_site_"));
}

TEST(config_crunch, a_key_names_the_folder) {
  const auto files = crunch(key<std::string>{"htdocs", "The folder to serve", "public"});
  const descriptor& what = files.itself()->what;
  EXPECT_EQ(what.type, "mirage::crunch<generated::htdocs>");
  EXPECT_THAT(what.cmake, ElementsAre("mirage_crunch(image htdocs $htdocs)"));
  ASSERT_EQ(what.keys.size(), 1U);
  EXPECT_EQ(what.keys[0].fallback, "public");
}

TEST(config_crunch, every_target_is_offered_it) {
  const auto files = generic_kv_ro("htdocs");
  ASSERT_TRUE(files.itself()->pick.has_value());
  bool offered = false;
  for (const alternative& one : files.itself()->pick->alternatives())
    offered = offered || (one.value == "crunch" && one.targets.empty());
  EXPECT_TRUE(offered);
}

}  // namespace
}  // namespace mirage::config
