// SPDX-License-Identifier: ISC
// Response heads, as a client reads them.
#include "mirage/http/response_parser.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mirage::http {
namespace {

using namespace std::string_view_literals;

const limits defaults;

TEST(ResponseParser, ReadsAnOrdinaryResponse) {
  response_parser parser{defaults};
  const auto text = "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\nServer: x\r\n\r\nmissing"sv;
  ASSERT_EQ(parser.parse(as_bytes(text)), progress::complete);
  EXPECT_EQ(parser.head().status, status::not_found);
  EXPECT_EQ(parser.head().reason, "Not Found");
  EXPECT_EQ(parser.head().framing, framing::length);
  EXPECT_EQ(parser.head().content_length, 7u);
  EXPECT_TRUE(parser.head().keep_alive);
  EXPECT_EQ(parser.consumed(), text.size() - 7);
}

TEST(ResponseParser, AcceptsEmptyReasonsWithAndWithoutTheirSpace) {
  for (std::string_view line : {"HTTP/1.1 200 \r\n\r\n"sv, "HTTP/1.1 200\r\n\r\n"sv}) {
    response_parser parser{defaults};
    ASSERT_EQ(parser.parse(as_bytes(line)), progress::complete) << line;
    EXPECT_EQ(parser.head().reason, "") << line;
  }
}

// RFC 9112 §6.3, the rules in their order.
TEST(ResponseParser, FindsTheFramingOfTheBody) {
  struct example {
    method asked;
    std::string_view text;
    framing kind;
    bool keep_alive;
  };
  constexpr example examples[] = {
      {method::head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", framing::none, true},
      {method::head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", framing::none, true},
      {method::get, "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", framing::none, true},
      {method::get, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", framing::none, true},
      {method::get, "HTTP/1.1 100 Continue\r\n\r\n", framing::none, true},
      {method::connect, "HTTP/1.1 200 OK\r\n\r\n", framing::none, true},
      {method::get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", framing::chunked, true},
      {method::get, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", framing::length, true},
      {method::get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", framing::none, true},
      {method::get, "HTTP/1.1 200 OK\r\n\r\n", framing::until_close, false},
      {method::get, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", framing::until_close, false},
      {method::get, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n", framing::length,
       true},
      {method::get, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", framing::length,
       false},
  };
  for (const example& e : examples) {
    response_parser parser{defaults};
    parser.expect(e.asked);
    ASSERT_EQ(parser.parse(as_bytes(e.text)), progress::complete) << e.text;
    EXPECT_EQ(parser.head().framing, e.kind) << e.text;
    EXPECT_EQ(parser.head().keep_alive, e.keep_alive) << e.text;
  }
}

// RFC 9110 §15.2: any number of interim responses, within reason.
TEST(ResponseParser, SkipsInterimResponses) {
  limits few;
  few.interim_responses = 2;
  const auto interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"sv;
  response_parser parser{few};
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(parser.parse(as_bytes(interim)), progress::complete);
    EXPECT_TRUE(is_interim(parser.head().status));
    ASSERT_TRUE(parser.next());
  }
  ASSERT_EQ(parser.parse(as_bytes(interim)), progress::complete);
  EXPECT_FALSE(parser.next());
  EXPECT_EQ(parser.reason(), refusal::too_many_interim_responses);
  EXPECT_EQ(parser.parse(as_bytes("HTTP/1.1 200 OK\r\n\r\n")), progress::refused);
}

TEST(ResponseParser, RefusesWhatIsMalformed) {
  struct example {
    std::string_view text;
    refusal reason;
  };
  constexpr example examples[] = {
      {"HTTP/1.1\r\n\r\n", refusal::status_line},
      {"HTTP/1.1 20\r\n\r\n", refusal::status_line},
      {"HTTP/1.1 2000\r\n\r\n", refusal::status_line},
      {"HTTP/1.1 099 x\r\n\r\n", refusal::status_line},
      {"HTTP/1.1 600 x\r\n\r\n", refusal::status_line},
      {"HTTP/1.1  200 OK\r\n\r\n", refusal::status_line},
      {"ICY 200 OK or the like\r\n\r\n", refusal::status_line},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", refusal::status_line},
      {"HTTP/2.0 200 OK\r\n\r\n", refusal::version_unsupported},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", refusal::control_character},
      {"HTTP/1.1 200 OK\n\r\n", refusal::bare_lf},
      {"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", refusal::line_folding},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", refusal::content_length_repeated},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       refusal::length_and_coding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", refusal::coding_unknown},
      {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", refusal::body_too_long},
  };
  for (const example& e : examples) {
    response_parser parser{defaults};
    EXPECT_EQ(parser.parse(as_bytes(e.text)), progress::refused) << e.text;
    EXPECT_EQ(describe(parser.reason()), describe(e.reason)) << e.text;
  }
}

TEST(ResponseParser, TakesBytesAsTheyCome) {
  const std::string text = "HTTP/1.1 200 Fine, thanks\r\nContent-Length: 3\r\n\r\n";
  response_parser parser{defaults};
  progress outcome = progress::incomplete;
  std::string memory;
  for (std::size_t length = 1; length <= text.size(); ++length) {
    ASSERT_EQ(outcome, progress::incomplete);
    std::string moved = text.substr(0, length);
    outcome = parser.parse(as_bytes(moved));
    memory.swap(moved);
  }
  ASSERT_EQ(outcome, progress::complete);
  EXPECT_EQ(parser.head().reason, "Fine, thanks");
  EXPECT_EQ(parser.head().get(field::content_length), "3");
}

TEST(ResponseParser, BoundsTheStatusLine) {
  response_parser parser{defaults};
  const std::string text = "HTTP/1.1 200 " + std::string(20'000, 'x');
  EXPECT_EQ(parser.parse(as_bytes(text)), progress::refused);
  EXPECT_EQ(parser.reason(), refusal::head_too_long);
}

}  // namespace
}  // namespace mirage::http
