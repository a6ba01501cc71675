// SPDX-License-Identifier: ISC
// Writing message heads.
#include "mirage/http/head_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "mirage/http/request_parser.hpp"
#include "mirage/http/response_parser.hpp"

namespace mirage::http {
namespace {

using namespace std::string_view_literals;

TEST(HeadWriter, WritesResponses) {
  std::array<char, 256> space;
  head_writer writer{space};
  writer.start(status::not_found);
  writer.add(field::content_length, 42);
  writer.add("X-Own", "value \xc3\xa4");
  writer.add("X-Number", std::uint64_t{7});
  writer.add_lines("Server: ready\r\n");
  const auto head = writer.finish();
  ASSERT_TRUE(head);
  EXPECT_EQ(*head,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 42\r\nX-Own: value \xc3\xa4\r\nX-Number: 7\r\n"
            "Server: ready\r\n\r\n");
}

TEST(HeadWriter, WritesStatusesWithoutAName) {
  std::array<char, 256> space;
  head_writer writer{space};
  writer.start(static_cast<status>(299));
  EXPECT_EQ(writer.finish(), "HTTP/1.1 299 \r\n\r\n");
}

TEST(HeadWriter, WritesRequests) {
  std::array<char, 256> space;
  head_writer writer{space};
  writer.start("GET", "/a?b=%20", "example.org:8080");
  writer.add(field::accept, "*/*");
  EXPECT_EQ(writer.finish(), "GET /a?b=%20 HTTP/1.1\r\nHost: example.org:8080\r\nAccept: */*\r\n\r\n");
}

TEST(HeadWriter, RefusesHeaderInjection) {
  auto value_error = [](std::string_view value) {
    std::array<char, 256> space;
    head_writer writer{space};
    writer.start(status::ok);
    writer.add("X", value);
    writer.add("Y", "after");
    return writer.finish();
  };
  for (std::string_view bad : {"a\r\nSet-Cookie: x"sv, "a\n"sv, "\r"sv, "a\0b"sv, "\x01"sv, "\x7f"sv})
    EXPECT_EQ(value_error(bad), fail(head_error::value)) << bad;
  auto name_error = [](std::string_view name) {
    std::array<char, 256> space;
    head_writer writer{space};
    writer.add(name, "v");
    return writer.finish();
  };
  for (std::string_view bad : {""sv, "a b"sv, "a:"sv, "a\r\n"sv, "\xc3\xa4"sv})
    EXPECT_EQ(name_error(bad), fail(head_error::name)) << bad;
}

TEST(HeadWriter, RefusesBrokenRequestLines) {
  auto error = [](std::string_view verb, std::string_view target, std::string_view host) {
    std::array<char, 256> space;
    head_writer writer{space};
    writer.start(verb, target, host);
    return writer.finish();
  };
  EXPECT_EQ(error("GE T", "/", "h"), fail(head_error::name));
  EXPECT_EQ(error("GET", "/a b", "h"), fail(head_error::target));
  EXPECT_EQ(error("GET", "", "h"), fail(head_error::target));
  EXPECT_EQ(error("GET", "/ HTTP/1.1\r\nX: y\r\n\r\nGET /", "h"), fail(head_error::target));
  EXPECT_EQ(error("GET", "/", "h\r\nX: y"), fail(head_error::value));
}

TEST(HeadWriter, StopsWhereTheSpaceEnds) {
  constexpr std::string_view whole = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    std::string space(size, '\0');
    head_writer writer{space};
    writer.start(status::ok);
    writer.add("A", "b");
    const auto head = writer.finish();
    if (size == whole.size())
      EXPECT_EQ(head, whole);
    else
      EXPECT_EQ(head, fail(head_error::too_long)) << size;
  }
}

TEST(HeadWriter, IsReadByTheParsers) {
  const limits bounds;
  std::array<char, 256> space;
  head_writer request{space};
  request.start("PUT", "/x", "[::1]:80");
  request.add(field::content_length, 3);
  request_parser requests{bounds};
  ASSERT_EQ(requests.parse(as_bytes(*request.finish())), progress::complete);
  EXPECT_EQ(requests.head().content_length, 3u);
  head_writer response{space};
  response.start(status::partial_content);
  response.add(field::transfer_encoding, "chunked");
  response_parser responses{bounds};
  ASSERT_EQ(responses.parse(as_bytes(*response.finish())), progress::complete);
  EXPECT_EQ(responses.head().status, status::partial_content);
  EXPECT_EQ(responses.head().framing, framing::chunked);
}

}  // namespace
}  // namespace mirage::http
