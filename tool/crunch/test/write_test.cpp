// SPDX-License-Identifier: ISC
#include "../src/write.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mirage::crunch_generator {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(write, literals_hold_any_byte) {
  EXPECT_EQ(literal("plain"), "\"plain\"");
  EXPECT_EQ(literal("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(literal("\n1"), "\"\\0121\"");
  EXPECT_EQ(literal("\xc3\xa9"), "\"\\303\\251\"");
  EXPECT_EQ(literal("?"
                    "?="),
            "\"\\077\\077=\"")
      << "no trigraphs";
}

TEST(write, an_empty_store_needs_no_bytes) {
  const auto text = source_text("nothing", store{}, 0);
  ASSERT_TRUE(text.has_value());
  EXPECT_THAT(*text, Not(HasSubstr("incbin")));
  EXPECT_THAT(*text, HasSubstr("generated::nothing::index{\"nothing\", {}, {}, {}};"));
}

TEST(write, a_depfile_names_files_and_folders) {
  const folder_content folder{.files = {{"a b", "/f/a b"}, {"c\nd", "/f/c\nd"}, {"$#", "/f/$#"}},
                              .directories = {"/f"}};
  EXPECT_EQ(depfile_text("/out/x.cpp", folder), "/out/x.cpp: \\\n  /f \\\n  /f/a\\ b \\\n  /f/$$\\#\n");
}

TEST(write, the_header_names_the_store) {
  EXPECT_THAT(header_text("htdocs"),
              HasSubstr("struct htdocs {\n  static const mirage::crunch_index index;\n};"));
}

}  // namespace
}  // namespace mirage::crunch_generator
