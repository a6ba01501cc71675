// SPDX-License-Identifier: ISC
#include "../src/diagnosis.hpp"

#include <gtest/gtest.h>

namespace mirage::tool {
namespace {

TEST(diagnosis, finds_the_call_around_an_argument) {
  const std::string source = "int main() {\n  auto a = match_key<stack>(b, c(\"x)\"), d);\n}\n";
  EXPECT_EQ(call_around(source, 2, static_cast<unsigned>(source.find("d)") - source.find("  auto") + 1)),
            "match_key");
  EXPECT_EQ(call_around(source, 2, static_cast<unsigned>(source.find("\"x)") - source.find("  auto") + 1)),
            "c");
  EXPECT_EQ(name_at(source, 2, 12), "match_key");
}

TEST(diagnosis, the_wrong_module_type) {
  const auto error = diagnose_config(
      "config.cpp:1:9: error: conversion function from 'const device<block>' to 'needs<kv_ro>' invokes a "
      "deleted function\n",
      "website(disk, http)\n", "config.cpp");
  EXPECT_EQ(error.sentence, "config.cpp:1: website needs a kv_ro here, given a block");
}

TEST(diagnosis, an_error_in_a_header_is_told_where_it_was_caused) {
  const auto error = diagnose_config(
      "/usr/include/c++/12/concepts:72:30: error: constraints not satisfied\n"
      "config.cpp:9:3: note: in instantiation of this requested here\n",
      "", "config.cpp");
  EXPECT_EQ(error.sentence, "config.cpp:9: constraints not satisfied");
}

TEST(diagnosis, a_function_that_is_not_there) {
  graph image;
  graph_unikernel website;
  website.name = "app::website";
  website.header = "unikernel.hpp";
  website.at = "config.cpp:6";
  image.unikernels.push_back(website);
  const auto error = diagnose_build(
      "/home/me/web/mirage/main.cpp:40:36: error: no member named 'website' in namespace 'app'\n", image,
      "/home/me/web");
  EXPECT_EQ(error.sentence,
            "config.cpp:6: there is no function app::website in unikernel.hpp; define "
            "`mirage::task<> website(...)` there, or correct the name");
}

}  // namespace
}  // namespace mirage::tool
