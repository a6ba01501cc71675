// SPDX-License-Identifier: ISC
// The pure core takes no memory but what it is lent: every `operator new` of this program is counted.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "mirage/http/conditional.hpp"
#include "mirage/http/content_coding.hpp"
#include "mirage/http/head_writer.hpp"
#include "mirage/http/media_type.hpp"
#include "mirage/http/range.hpp"
#include "mirage/http/response_parser.hpp"
#include "mirage/http/server_core.hpp"
#include "mirage/test/allocations.hpp"

namespace mirage::http {
namespace {

TEST(NoAllocation, AConnectionOfTheServer) {
  const limits bounds;
  constexpr std::string_view text =
      "GET /a%20b?c=d HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip;q=0.5, br\r\nIf-None-Match: \"a\", "
      "\"b\"\r\n"
      "Range: bytes=0-4,-1\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Other: y\r\n\r\n";
  bool served = false;
  EXPECT_EQ(test::allocations_of([&] {
              server_core core{bounds, instant{}};
              served = core.next(as_bytes(text), instant{}) == server_core::need::request;
              const request_head& head = core.head();
              std::array<char, 512> space;
              served = served && decode_path(head.target.path, space) == "/a b";
              served = served && head.find("x-other") == "y";
              const seconds_time now{};
              served = served &&
                       evaluate_preconditions(head, {"\"b\"", now, true}, now) == precondition::not_modified;
              served = served && negotiate_coding(head, content_codings{}.with(content_coding::gzip)) ==
                                     content_coding::gzip;
              std::array<byte_range, 4> ranges;
              served = served && parse_ranges(head.get(field::range), 100, ranges).list.size() == 2;
              head_writer writer{space};
              writer.start(status::not_modified);
              writer.add(field::content_type, media_type("x.html"));
              date_cache date;
              writer.add(field::date, date.at(wall_time{}));
              served = served && writer.finish().has_value();
              served = served && !core.respond(status::not_modified, 0).close;
              core.response_done();
            }),
            0u);
  EXPECT_TRUE(served);
}

TEST(NoAllocation, AResponseInChunks) {
  const limits bounds;
  constexpr std::string_view text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n";
  std::size_t received = 0;
  bool done = false;
  EXPECT_EQ(test::allocations_of([&] {
              response_parser parser{bounds};
              if (parser.parse(as_bytes(text)) != progress::complete) return;
              body_reader body{bounds};
              body.begin(parser.head());
              cbytes rest = as_bytes(text.substr(parser.consumed()));
              for (;;) {
                const body_step step = body.next(rest);
                rest = rest.subspan(step.consumed);
                received += step.data.size();
                done = step.what == body_outcome::done;
                if (step.what != body_outcome::data) break;
              }
            }),
            0u);
  EXPECT_EQ(received, 5u);
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace mirage::http
