// SPDX-License-Identifier: ISC
// Conditional requests, RFC 9110 §13.
#include "mirage/http/conditional.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mirage/http/request_parser.hpp"

namespace mirage::http {
namespace {

constexpr std::string_view day = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view day_before = "Sat, 05 Nov 1994 08:49:37 GMT";
constexpr std::string_view day_after = "Mon, 07 Nov 1994 08:49:37 GMT";
constexpr seconds_time modified{seconds_time::duration{784111777}};
constexpr seconds_time now{seconds_time::duration{1795298400}};

/// A request with these field lines; LF stands for CRLF.
class request {
 public:
  explicit request(std::string_view verb, std::string_view fields) {
    text_ = std::string(verb) + " / HTTP/1.1\r\nHost: h\r\n";
    for (char c : fields) text_ += c == '\n' ? std::string("\r\n") : std::string(1, c);
    text_ += "\r\n";
    EXPECT_EQ(parser_.parse(as_bytes(text_)), progress::complete) << text_;
  }
  [[nodiscard]] const request_head& head() const { return parser_.head(); }

 private:
  limits limits_;
  request_parser parser_{limits_};
  std::string text_;
};

precondition evaluate(std::string_view fields, std::string_view verb = "GET", std::string_view etag = "\"a\"",
                      bool exists = true) {
  const validators current{etag, exists ? std::optional(modified) : std::nullopt, exists};
  return evaluate_preconditions(request(verb, fields).head(), current, now);
}

TEST(Conditional, ReadsEntityTags) {
  EXPECT_EQ(parse_entity_tag("\"a\"")->opaque, "\"a\"");
  EXPECT_FALSE(parse_entity_tag("\"a\"")->weak);
  EXPECT_TRUE(parse_entity_tag("W/\"\"")->weak);
  EXPECT_EQ(parse_entity_tag("\"a,\xff!\"")->opaque, "\"a,\xff!\"");
  for (std::string_view bad :
       {"", "a", "\"a", "a\"", "w/\"a\"", "W\"a\"", "\"a\" ", "\"a\"\"", "*", "\"a b\""})
    EXPECT_FALSE(parse_entity_tag(bad)) << bad;
}

// RFC 9110 §8.8.3.2, its table.
TEST(Conditional, ComparesEntityTags) {
  const entity_tag weak_1{"\"1\"", true};
  const entity_tag weak_2{"\"2\"", true};
  const entity_tag strong_1{"\"1\"", false};
  EXPECT_FALSE(strong_match(weak_1, weak_1));
  EXPECT_TRUE(weak_match(weak_1, weak_1));
  EXPECT_FALSE(strong_match(weak_1, weak_2));
  EXPECT_FALSE(weak_match(weak_1, weak_2));
  EXPECT_FALSE(strong_match(weak_1, strong_1));
  EXPECT_TRUE(weak_match(weak_1, strong_1));
  EXPECT_TRUE(strong_match(strong_1, strong_1));
  EXPECT_TRUE(weak_match(strong_1, strong_1));
}

// RFC 9110 §13.1.2.
TEST(Conditional, IfNoneMatch) {
  using enum precondition;
  EXPECT_EQ(evaluate("If-None-Match: \"a\"\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: W/\"a\"\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: \"a\"\n", "GET", "W/\"a\""), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: \"a\"\n", "HEAD"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: \"a\"\n", "PUT"), failed);
  EXPECT_EQ(evaluate("If-None-Match: \"b\"\n"), hold);
  EXPECT_EQ(evaluate("If-None-Match: \"b\", \"a\"\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: ,\"b\" , W/\"a\",\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: \"b,\", \"c\"\n"), hold);
  EXPECT_EQ(evaluate("If-None-Match: \"x,\", \"a\"\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: \"b\"\nIf-None-Match: \"a\"\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: a\n"), hold);
  EXPECT_EQ(evaluate("If-None-Match: b, \"a\"\n"), hold);
  EXPECT_EQ(evaluate("If-None-Match: \"a\"\n", "GET", ""), hold);
  EXPECT_EQ(evaluate("If-None-Match: *\n"), not_modified);
  EXPECT_EQ(evaluate("If-None-Match: *\n", "PUT"), failed);
  EXPECT_EQ(evaluate("If-None-Match: *\n", "PUT", "", false), hold);
}

// RFC 9110 §13.1.1.
TEST(Conditional, IfMatch) {
  using enum precondition;
  EXPECT_EQ(evaluate("If-Match: \"a\"\n"), hold);
  EXPECT_EQ(evaluate("If-Match: W/\"a\"\n"), failed);
  EXPECT_EQ(evaluate("If-Match: \"a\"\n", "PUT", "W/\"a\""), failed);
  EXPECT_EQ(evaluate("If-Match: \"b\"\n"), failed);
  EXPECT_EQ(evaluate("If-Match: *\n"), hold);
  EXPECT_EQ(evaluate("If-Match: *\n", "PUT", "", false), failed);
}

// RFC 9110 §13.1.3 and §13.1.4.
TEST(Conditional, Dates) {
  using enum precondition;
  auto since = [](std::string_view name, std::string_view date) {
    return std::string(name) + ": " + std::string(date) + "\n";
  };
  EXPECT_EQ(evaluate(since("If-Modified-Since", day)), not_modified);
  EXPECT_EQ(evaluate(since("If-Modified-Since", day_after)), not_modified);
  EXPECT_EQ(evaluate(since("If-Modified-Since", day_before)), hold);
  EXPECT_EQ(evaluate(since("If-Modified-Since", "soon")), hold);
  EXPECT_EQ(evaluate(since("If-Modified-Since", day), "POST"), hold);
  EXPECT_EQ(evaluate(since("If-Modified-Since", day), "GET", "", false), hold);
  EXPECT_EQ(evaluate(since("If-Modified-Since", day) + since("If-Modified-Since", day)), hold);
  EXPECT_EQ(evaluate(since("If-Unmodified-Since", day)), hold);
  EXPECT_EQ(evaluate(since("If-Unmodified-Since", day_after)), hold);
  EXPECT_EQ(evaluate(since("If-Unmodified-Since", day_before)), failed);
  EXPECT_EQ(evaluate(since("If-Unmodified-Since", "soon")), hold);
}

// RFC 9110 §13.2.2: If-Match before If-Unmodified-Since, If-None-Match before If-Modified-Since, the failures
// of the first pair before the second.
TEST(Conditional, Precedence) {
  using enum precondition;
  const std::string old = std::string(day_before) + "\n";
  const std::string same = std::string(day) + "\n";
  EXPECT_EQ(evaluate("If-Match: \"a\"\nIf-Unmodified-Since: " + old), hold);
  EXPECT_EQ(evaluate("If-Match: \"b\"\nIf-Unmodified-Since: " + same), failed);
  EXPECT_EQ(evaluate("If-None-Match: \"b\"\nIf-Modified-Since: " + same), hold);
  EXPECT_EQ(evaluate("If-None-Match: \"a\"\nIf-Modified-Since: " + old), not_modified);
  EXPECT_EQ(evaluate("If-Match: \"b\"\nIf-None-Match: \"a\"\n"), failed);
  EXPECT_EQ(evaluate("If-Match: \"a\"\nIf-None-Match: \"a\"\n"), not_modified);
  EXPECT_EQ(evaluate(""), hold);
}

// RFC 9110 §13.1.5 and §14.2.
TEST(Conditional, IfRange) {
  auto applies = [](std::string_view fields, std::string_view etag = "\"a\"", std::string_view verb = "GET",
                    seconds_time when = now) {
    return range_applies(request(verb, fields).head(), {etag, modified, true}, when);
  };
  const std::string range = "Range: bytes=0-1\n";
  EXPECT_TRUE(applies(range));
  EXPECT_FALSE(applies(""));
  EXPECT_FALSE(applies(range, "\"a\"", "HEAD"));
  EXPECT_FALSE(applies(range, "\"a\"", "POST"));
  EXPECT_FALSE(applies(range + range));
  EXPECT_TRUE(applies(range + "If-Range: \"a\"\n"));
  EXPECT_FALSE(applies(range + "If-Range: \"b\"\n"));
  EXPECT_FALSE(applies(range + "If-Range: W/\"a\"\n"));
  EXPECT_FALSE(applies(range + "If-Range: W/\"a\"\n", "W/\"a\""));
  EXPECT_FALSE(applies(range + "If-Range: \"a\"\n", ""));
  EXPECT_FALSE(applies(range + "If-Range: nonsense\n"));
  EXPECT_FALSE(applies(range + "If-Range: \"a\"\nIf-Range: \"a\"\n"));
  EXPECT_TRUE(applies(range + "If-Range: " + std::string(day) + "\n"));
  EXPECT_FALSE(applies(range + "If-Range: " + std::string(day_after) + "\n"));
  EXPECT_FALSE(applies(range + "If-Range: " + std::string(day_before) + "\n"));
  // Changed within this very second: the date says too little.
  EXPECT_FALSE(applies(range + "If-Range: " + std::string(day) + "\n", "\"a\"", "GET", modified));
}

}  // namespace
}  // namespace mirage::http
