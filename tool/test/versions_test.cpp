// SPDX-License-Identifier: ISC
#include "../src/versions.hpp"

#include <gtest/gtest.h>

namespace mirage::tool {
namespace {

TEST(versions, compare_part_by_part) {
  EXPECT_LT(compare_versions("1.9", "1.10"), 0);
  EXPECT_EQ(compare_versions("1.0", "1.0.0"), 0);
  EXPECT_GT(compare_versions("2", "1.99.99"), 0);
}

TEST(versions, constraints_hold_together) {
  const auto both = parse_constraints(">= 1.2, < 2");
  ASSERT_TRUE(both.has_value());
  EXPECT_TRUE(satisfies("1.2", *both));
  EXPECT_TRUE(satisfies("1.99", *both));
  EXPECT_FALSE(satisfies("1.1.9", *both));
  EXPECT_FALSE(satisfies("2.0", *both));
}

TEST(versions, nonsense_is_refused_with_an_example) {
  for (const char* text : {"one", ">= ", "~> 1.0", ">= 1.0 or so"}) {
    const auto parsed = parse_constraints(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_NE(parsed.error().sentence.find(">= 1.2, < 2"), std::string::npos);
  }
}

TEST(versions, the_version_line_stands_among_the_first_comments) {
  const auto found = find_version_line("// licence\n// config.cpp: needs mirage >= 1.0\n#include <x>\n");
  EXPECT_EQ(found.versions, ">= 1.0");
  EXPECT_EQ(found.line, 2u);
  EXPECT_EQ(find_version_line("#include <x>\n// needs mirage >= 1.0\n").versions, "");
}

}  // namespace
}  // namespace mirage::tool
