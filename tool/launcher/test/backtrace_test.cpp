// SPDX-License-Identifier: ISC
#include "../src/backtrace.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using mirage::launcher::backtrace;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(backtrace, keeps_the_addresses_of_a_report) {
  backtrace heard;
  heard.hear(
      "hello\n  0x1\nThe unikernel stops: no.\nBacktrace, for addr2line -Cfipe FILE ADDRESS:\r\n  0x10");
  heard.hear("abcd\n  0x2\nend\n  0x3\n");
  EXPECT_THAT(heard.addresses(), ElementsAre("0x10abcd", "0x2"));
}

TEST(backtrace, is_empty_without_a_report) {
  backtrace heard;
  heard.hear("hello\n  0x1\n");
  EXPECT_THAT(heard.addresses(), IsEmpty());
}

}  // namespace
