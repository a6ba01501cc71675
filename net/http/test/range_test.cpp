// SPDX-License-Identifier: ISC
// Range requests, RFC 9110 §14.
#include "mirage/http/range.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mirage::http {
namespace {

std::vector<byte_range> partial(std::string_view value, std::uint64_t size, std::size_t room = 16) {
  std::vector<byte_range> space(room);
  const ranges found = parse_ranges(value, size, space);
  EXPECT_EQ(found.answer, range_answer::partial) << value;
  return {found.list.begin(), found.list.end()};
}

range_answer answer(std::string_view value, std::uint64_t size, std::size_t room = 16) {
  std::vector<byte_range> space(room);
  return parse_ranges(value, size, space).answer;
}

using list = std::vector<byte_range>;

// RFC 9110 §14.1.2, its examples.
TEST(Range, ReadsSingleRanges) {
  EXPECT_EQ(partial("bytes=0-499", 10000), (list{{0, 499}}));
  EXPECT_EQ(partial("bytes=500-999", 10000), (list{{500, 999}}));
  EXPECT_EQ(partial("bytes=-500", 10000), (list{{9500, 9999}}));
  EXPECT_EQ(partial("bytes=9500-", 10000), (list{{9500, 9999}}));
  EXPECT_EQ(partial("bytes=0-0,-1", 10000), (list{{0, 0}, {9999, 9999}}));
  EXPECT_EQ(partial("bytes= 0-999, 4500-5499, -1000", 10000), (list{{0, 999}, {4500, 5499}, {9000, 9999}}));
  EXPECT_EQ(partial("Bytes=0-", 1), (list{{0, 0}}));
  EXPECT_EQ(partial("bytes=9-99999999999999999999999", 10), (list{{9, 9}}));
  EXPECT_EQ(partial("bytes=-99999999999999999999999", 10), (list{{0, 9}}));
  EXPECT_EQ(partial("bytes=5-5,20-30", 10), (list{{5, 5}}));  // what lies beyond the end is left out
}

// RFC 9110 §15.5.17.
TEST(Range, KnowsWhatCannotBeSatisfied) {
  EXPECT_EQ(answer("bytes=10-", 10), range_answer::unsatisfiable);
  EXPECT_EQ(answer("bytes=10-20,30-", 10), range_answer::unsatisfiable);
  EXPECT_EQ(answer("bytes=-0", 10), range_answer::unsatisfiable);
  EXPECT_EQ(answer("bytes=0-", 0), range_answer::unsatisfiable);
  EXPECT_EQ(answer("bytes=-1", 0), range_answer::unsatisfiable);
  EXPECT_EQ(answer("bytes=99999999999999999999999-", 10), range_answer::unsatisfiable);
}

// RFC 9110 §14.2: what is malformed is ignored.
TEST(Range, IgnoresWhatIsMalformed) {
  for (std::string_view value : {"", "bytes", "bytes=", "bytes=,", "lines=0-1", "bytes 0-1", "bytes=a-b",
                                 "bytes=1", "bytes=-", "bytes=2-1", "bytes=0-1-2", "bytes=0x1-2",
                                 "bytes=0-1,x", "bytes=+1-2", "bytes=0 -1", "bytes=--1", "bytes=-1-"})
    EXPECT_EQ(answer(value, 10), range_answer::whole) << value;
}

TEST(Range, IgnoresPatchworks) {
  EXPECT_EQ(answer("bytes=0-0,2-2,4-4", 10, 3), range_answer::partial);
  EXPECT_EQ(answer("bytes=0-0,2-2,4-4", 10, 2), range_answer::whole);
  EXPECT_EQ(answer("bytes=0-4,3-5", 10), range_answer::partial);
  EXPECT_EQ(answer("bytes=0-3,3-4,4-5", 100), range_answer::whole);
  EXPECT_EQ(answer("bytes=0-,0-", 10), range_answer::whole);
  EXPECT_EQ(answer("bytes=0-,1-", UINT64_MAX), range_answer::whole);
}

TEST(Range, PrintsContentRange) {
  EXPECT_EQ(content_range_text(byte_range{0, 499}, 1234).text(), "bytes 0-499/1234");
  EXPECT_EQ(content_range_text(std::nullopt, 1234).text(), "bytes */1234");
  EXPECT_EQ(content_range_text(byte_range{UINT64_MAX - 1, UINT64_MAX - 1}, UINT64_MAX).text(),
            "bytes 18446744073709551614-18446744073709551614/18446744073709551615");
}

TEST(Range, ReadsContentRange) {
  const auto known = parse_content_range("bytes 0-499/1234");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->range, (byte_range{0, 499}));
  EXPECT_EQ(known->size, 1234u);
  const auto unknown = parse_content_range("BYTES 42-1233/*");
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->range, (byte_range{42, 1233}));
  EXPECT_EQ(unknown->size, std::nullopt);
  for (std::string_view bad :
       {"", "bytes", "bytes */1234", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-1", "bytes 0/1", "bytes 0/1-2",
        "lines 0-1/2", "bytes a-b/c", "bytes 0-1/x", "bytes 0-18446744073709551615/*"})
    EXPECT_FALSE(parse_content_range(bad)) << bad;
}

// RFC 9110 §14.6, RFC 2046 §5.1.
TEST(Range, WritesMultipartBodiesOfTheLengthThatItSays) {
  const std::string content = "0123456789abcdef";
  const multipart body{"boundary", "text/plain", content.size()};
  const list parts{{0, 3}, {10, 15}};
  std::string text;
  std::string space(256, '\0');
  for (const byte_range& part : parts) {
    text += body.part_head(part, space);
    text += content.substr(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.length()));
  }
  text += body.end(space);
  EXPECT_EQ(text,
            "\r\n--boundary\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-3/16\r\n\r\n0123"
            "\r\n--boundary\r\nContent-Type: text/plain\r\nContent-Range: bytes 10-15/16\r\n\r\nabcdef"
            "\r\n--boundary--\r\n");
  EXPECT_EQ(body.length(parts), text.size());
  EXPECT_EQ(body.part_head(parts[0], std::span(space).first(20)), "");
}

TEST(Range, LeavesOutAnUnknownType) {
  const multipart body{"b", "", 10};
  std::string space(256, '\0');
  const list parts{{1, 1}};
  EXPECT_EQ(body.part_head(parts[0], space), "\r\n--b\r\nContent-Range: bytes 1-1/10\r\n\r\n");
  EXPECT_EQ(body.length(parts), body.part_head(parts[0], space).size() + 1 + body.end(space).size());
}

}  // namespace
}  // namespace mirage::http
