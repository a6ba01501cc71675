// SPDX-License-Identifier: ISC
// Paths, queries and URIs; the forms of targets are in request_parser_test.cpp.
#include "mirage/http/request_target.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::http {
namespace {

using namespace std::string_view_literals;

result<std::string, path_error> decode(std::string_view path, std::size_t room = 256) {
  std::string space(room, '\0');
  const auto decoded = decode_path(path, space);
  if (!decoded) return fail(decoded.error());
  return std::string(*decoded);
}

TEST(Path, IsLeftAsItIsWhereNothingIsEncoded) {
  std::array<char, 4> space;
  const auto path = "/css/site.css"sv;
  const auto decoded = decode_path(path, space);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->data(), path.data());
}

TEST(Path, IsDecoded) {
  EXPECT_EQ(decode("/"), "/");
  EXPECT_EQ(decode("/a%20b"), "/a b");
  EXPECT_EQ(decode("/%41%7a%7A/"), "/Azz/");
  EXPECT_EQ(decode("/%C3%A4"), "/\xc3\xa4");
  EXPECT_EQ(decode("/%25%32%46"), "/%2F");  // decoded once, never twice
  EXPECT_EQ(decode("/.hidden/..x/x../..."), "/.hidden/..x/x../...");
  EXPECT_EQ(decode("/a+b"), "/a+b");
}

TEST(Path, IsRefusedWhereItLeavesTheStore) {
  for (std::string_view path : {"/..", "/../a", "/a/..", "/a/../b", "/.", "/./a", "/a/.", "/%2e%2e/a",
                                "/a/%2E.", "/a/.%2e/b", "/%2e"})
    EXPECT_EQ(decode(path), fail(path_error::dot_segment)) << path;
  for (std::string_view path : {"/a%2fb", "/a%2Fb", "/..%2fetc", "/a%5cb", "/a\\b"})
    EXPECT_EQ(decode(path), fail(path_error::slash)) << path;
  for (std::string_view path : {"//", "//a", "/a//b", "/a//"})
    EXPECT_EQ(decode(path), fail(path_error::empty)) << path;
  EXPECT_EQ(decode("/a%00b"), fail(path_error::nul));
  EXPECT_EQ(decode("/a\0b"sv), fail(path_error::nul));
  for (std::string_view path : {"", "a", "/%", "/%1", "/%zz", "/%1g", "/a%2"})
    EXPECT_EQ(decode(path), fail(path_error::malformed)) << path;
  EXPECT_EQ(decode("/%41bc", 3), fail(path_error::too_long));
  EXPECT_EQ(decode("/%41bc", 4), "/Abc");
}

TEST(Query, IsCutIntoParameters) {
  std::string_view query = "a=1&&b&c=d=e&=f&g=";
  std::vector<std::string> found;
  while (const auto parameter = next_parameter(query))
    found.push_back(std::string(parameter->name) + "|" + std::string(parameter->value));
  EXPECT_EQ(found, (std::vector<std::string>{"a|1", "b|", "c|d=e", "|f", "g|"}));
  query = "";
  EXPECT_FALSE(next_parameter(query));
  query = "&&";
  EXPECT_FALSE(next_parameter(query));
}

TEST(Query, IsDecodedAsAFormIs) {
  std::array<char, 16> space;
  EXPECT_EQ(percent_decode("a%20b", space), "a b");
  EXPECT_EQ(percent_decode("a+b", space), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", space, true), "a b+");
  EXPECT_EQ(percent_decode("plain", space, true), "plain");
  EXPECT_EQ(percent_decode("%0", space), std::nullopt);
  EXPECT_EQ(percent_decode("%41 is too long for it", space), std::nullopt);
}

TEST(Uri, IsCutIntoItsParts) {
  const auto whole = parse_uri("HTTP://Example.org:8080/a/b?c=d#e");
  ASSERT_TRUE(whole);
  EXPECT_FALSE(whole->secure);
  EXPECT_EQ(whole->authority, "Example.org:8080");
  EXPECT_EQ(whole->host, "Example.org");
  EXPECT_EQ(whole->port, 8080);
  EXPECT_EQ(whole->path, "/a/b");
  EXPECT_EQ(whole->query, "c=d");
  EXPECT_TRUE(whole->has_query);
  const auto least = parse_uri("http://h");
  ASSERT_TRUE(least);
  EXPECT_EQ(least->path, "");
  EXPECT_EQ(least->port, 80);
  EXPECT_FALSE(least->has_query);
  const auto secure = parse_uri("https://[2001:db8::1]:443?q");
  ASSERT_TRUE(secure);
  EXPECT_TRUE(secure->secure);
  EXPECT_EQ(secure->host, "2001:db8::1");
  EXPECT_EQ(secure->authority, "[2001:db8::1]");  // the port is the scheme's own
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->query, "q");
  EXPECT_EQ(parse_uri("http://h:/")->authority, "h");
}

TEST(Uri, RefusesWhatItDoesNotKnow) {
  for (std::string_view bad :
       {"", "h", "/a", "ftp://h/", "http:/h", "http://", "http:///a", "http://u:p@h/", "http://h:99999/",
        "http://h:0/", "http://h:x/", "http://[::1/", "http://h/a b", "http://h\r\n/"})
    EXPECT_FALSE(parse_uri(bad)) << bad;
}

}  // namespace
}  // namespace mirage::http
