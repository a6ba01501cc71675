// SPDX-License-Identifier: ISC
// Accept-Encoding, RFC 9110 §12.5.3.
#include "mirage/http/content_coding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mirage/http/request_parser.hpp"

namespace mirage::http {
namespace {

constexpr content_codings all =
    content_codings{}.with(content_coding::identity).with(content_coding::gzip).with(content_coding::brotli);
constexpr content_codings only_identity = content_codings{}.with(content_coding::identity);
constexpr content_codings only_gzip = content_codings{}.with(content_coding::gzip);

std::string_view choose(std::string_view lines, content_codings available = all) {
  const limits bounds;
  request_parser parser{bounds};
  const std::string text = "GET / HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
  EXPECT_EQ(parser.parse(as_bytes(text)), progress::complete) << text;
  const auto chosen = negotiate_coding(parser.head(), available);
  return chosen ? describe(*chosen) : "none";
}

std::string_view accept(std::string_view value, content_codings available = all) {
  return choose("Accept-Encoding: " + std::string(value) + "\r\n", available);
}

TEST(ContentCoding, WithoutTheFieldNothingIsCompressed) {
  EXPECT_EQ(choose(""), "identity");
  EXPECT_EQ(choose("", only_gzip), "gzip");
  EXPECT_EQ(choose("", content_codings{}.with(content_coding::brotli)), "br");
  EXPECT_EQ(choose("", content_codings{}), "none");
}

TEST(ContentCoding, TakesTheBestOfWhatIsAccepted) {
  EXPECT_EQ(accept("gzip, deflate, br"), "br");
  EXPECT_EQ(accept("gzip, deflate"), "gzip");
  EXPECT_EQ(accept("x-gzip"), "gzip");
  EXPECT_EQ(accept("GZIP"), "gzip");
  EXPECT_EQ(accept("deflate, zstd"), "identity");
  EXPECT_EQ(accept("gzip, br", only_identity), "identity");
  EXPECT_EQ(accept("*"), "br");
  EXPECT_EQ(accept(""), "identity");
  EXPECT_EQ(choose("Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n"), "br");
}

// RFC 9110 §12.4.2.
TEST(ContentCoding, ObeysWeights) {
  EXPECT_EQ(accept("br;q=0.5, gzip;q=0.8"), "gzip");
  EXPECT_EQ(accept("br;q=0.5, gzip ; Q=0.501"), "gzip");
  EXPECT_EQ(accept("br;q=0, gzip;q=0"), "identity");
  EXPECT_EQ(accept("gzip;q=0.001"), "gzip");
  EXPECT_EQ(accept("identity;q=1, gzip;q=0.5"), "identity");
  EXPECT_EQ(accept("identity, gzip"), "gzip");
  EXPECT_EQ(accept("br;q=0, *"), "gzip");
  EXPECT_EQ(accept("*;q=0"), "none");
  EXPECT_EQ(accept("*;q=0, gzip;q=0.1"), "gzip");
  EXPECT_EQ(accept("identity;q=0"), "none");
  EXPECT_EQ(accept("identity;q=0, br;q=0.3", only_identity), "none");
  EXPECT_EQ(accept("*;q=0, identity", all), "identity");
}

TEST(ContentCoding, IgnoresMalformedMembers) {
  EXPECT_EQ(accept("br;q=2, gzip;q=0.1"), "gzip");
  EXPECT_EQ(accept("br;level=5, gzip;q=0.1"), "gzip");
  EXPECT_EQ(accept(";;,=,gzip"), "gzip");
}

TEST(ContentCoding, ReadsWeights) {
  EXPECT_EQ(parse_weight("q=1"), 1000);
  EXPECT_EQ(parse_weight("q=0"), 0);
  EXPECT_EQ(parse_weight("q=1.000"), 1000);
  EXPECT_EQ(parse_weight("q=0."), 0);
  EXPECT_EQ(parse_weight("q=0.25"), 250);
  EXPECT_EQ(parse_weight("Q=0.125"), 125);
  for (std::string_view bad :
       {"", "q", "q=", "q=2", "q=1.001", "q=.5", "q=0.1234", "q=0,5", "q=-1", "q=0.x", "p=1", "q=01"})
    EXPECT_EQ(parse_weight(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace mirage::http
