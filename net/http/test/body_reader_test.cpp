// SPDX-License-Identifier: ISC
// Bodies of each framing, RFC 9112 §6.3.
#include "mirage/http/body_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mirage/http/response_parser.hpp"

namespace mirage::http {
namespace {

response_head head_of(std::string_view text) {
  static const limits bounds;
  response_parser parser{bounds};
  EXPECT_EQ(parser.parse(as_bytes(text)), progress::complete);
  return parser.head();
}

TEST(BodyReader, ReadsUpToTheLength) {
  const limits bounds;
  body_reader body{bounds};
  EXPECT_TRUE(body.done());
  body.begin(head_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  EXPECT_EQ(body.remaining(), 5u);
  EXPECT_EQ(body.next({}).what, body_outcome::incomplete);
  body_step step = body.next(as_bytes("hel"));
  EXPECT_EQ(step.what, body_outcome::data);
  EXPECT_EQ(as_text(step.data), "hel");
  EXPECT_FALSE(body.done());
  step = body.next(as_bytes("loHTTP/1.1"));
  EXPECT_EQ(as_text(step.data), "lo");
  EXPECT_EQ(step.consumed, 2u);
  EXPECT_TRUE(body.done());
  EXPECT_EQ(body.next(as_bytes("x")).what, body_outcome::done);
  EXPECT_EQ(body.end_of_input().what, body_outcome::done);
}

TEST(BodyReader, ReadsChunks) {
  const limits bounds;
  body_reader body{bounds};
  body.begin(head_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_EQ(body.remaining(), std::nullopt);
  body_step step = body.next(as_bytes("3\r\nabc\r\n0\r\n\r\nnext"));
  EXPECT_EQ(as_text(step.data), "abc");
  step = body.next(as_bytes("\r\n0\r\n\r\nnext"));
  EXPECT_EQ(step.what, body_outcome::done);
  EXPECT_EQ(step.consumed, 7u);
  EXPECT_TRUE(body.done());
}

TEST(BodyReader, ReadsToTheEndOfTheConnectionWithinReason) {
  limits bounds;
  bounds.body_bytes = 5;
  body_reader body{bounds};
  body.begin(head_of("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_EQ(as_text(body.next(as_bytes("abcde")).data), "abcde");
  EXPECT_FALSE(body.done());
  EXPECT_EQ(body.end_of_input().what, body_outcome::done);
  body.begin(head_of("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_EQ(body.next(as_bytes("abcdef")).reason, refusal::body_too_long);
}

// RFC 9112 §8: an incomplete message is an error.
TEST(BodyReader, NoticesABodyThatIsCutShort) {
  const limits bounds;
  for (std::string_view head : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    body_reader body{bounds};
    body.begin(head_of(head));
    const body_step step = body.end_of_input();
    EXPECT_EQ(step.what, body_outcome::refused);
    EXPECT_EQ(step.reason, refusal::body_cut_short);
  }
}

}  // namespace
}  // namespace mirage::http
