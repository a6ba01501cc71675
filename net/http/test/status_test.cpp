// SPDX-License-Identifier: ISC
#include "mirage/http/status.hpp"

#include <gtest/gtest.h>

#include "mirage/http/method.hpp"

namespace mirage::http {
namespace {

TEST(Status, HasTheReasonsOfTheStandard) {
  EXPECT_EQ(describe(status::ok), "OK");
  EXPECT_EQ(describe(status::content_too_large), "Content Too Large");
  EXPECT_EQ(describe(status::request_header_fields_too_large), "Request Header Fields Too Large");
  EXPECT_EQ(describe(static_cast<status>(299)), "");
}

TEST(Status, KnowsWhichHaveNoContent) {
  EXPECT_FALSE(may_have_content(status::continue_));
  EXPECT_FALSE(may_have_content(status::no_content));
  EXPECT_FALSE(may_have_content(status::not_modified));
  EXPECT_TRUE(may_have_content(status::ok));
  EXPECT_TRUE(may_have_content(status::not_found));
  EXPECT_TRUE(is_interim(status::early_hints));
  EXPECT_FALSE(is_interim(status::ok));
}

TEST(Method, IsReadAndWritten) {
  for (std::size_t i = 0; i < static_cast<std::size_t>(method::other); ++i) {
    const auto verb = static_cast<method>(i);
    EXPECT_EQ(parse_method(describe(verb)), verb);
  }
  EXPECT_EQ(describe(method::other), "");
  for (const char* other : {"get", "", "PROPFIND", "GE", "GETS", "BREW!"})
    EXPECT_EQ(parse_method(other), method::other);
}

}  // namespace
}  // namespace mirage::http
