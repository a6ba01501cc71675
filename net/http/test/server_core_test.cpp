// SPDX-License-Identifier: ISC
// One connection of a server, under a time that the test makes.
#include "mirage/http/server_core.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mirage::http {
namespace {

using namespace std::string_view_literals;
using need = server_core::need;

constexpr instant start{1000s};

/// Does what a shell does: keeps what was received and not consumed, and the time.
class connection {
 public:
  explicit connection(limits bounds = {}) : limits_(bounds), core(limits_, start) {}

  need receive(std::string_view text) {
    unread += text;
    return next();
  }
  need next() {
    const need what = core.next(as_bytes(unread), now);
    std::string rest = unread.substr(core.consumed());
    head_storage.swap(unread);  // the views of the head stay where they were parsed
    unread.swap(rest);
    return what;
  }
  body_step body() {
    const body_step step = core.read_body(as_bytes(unread), now);
    piece = as_text(step.data);
    unread.erase(0, step.consumed);
    return step;
  }
  response_plan answer(status code = status::ok, std::optional<std::uint64_t> length = 2) {
    const response_plan plan = core.respond(code, length);
    core.response_done();
    return plan;
  }

 private:
  limits limits_;

 public:
  server_core core;
  instant now = start;
  std::string unread;
  std::string head_storage;
  std::string piece;
};

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(ServerCore, ServesOneRequestAfterTheOther) {
  connection c;
  EXPECT_EQ(c.next(), need::input);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(c.receive(get), need::request);
    EXPECT_EQ(c.core.head().method, method::get);
    const response_plan plan = c.answer();
    EXPECT_FALSE(plan.close);
    EXPECT_EQ(plan.connection, "");
    EXPECT_EQ(plan.framing, framing::length);
    EXPECT_TRUE(plan.content_length);
    ASSERT_EQ(c.next(), need::input);
  }
  EXPECT_EQ(c.core.requests(), 3u);
}

// RFC 9112 §9.3.2.
TEST(ServerCore, ServesPipelinedRequestsInTheirOrder) {
  limits bounds;
  bounds.pipelined = 2;
  connection c{bounds};
  ASSERT_EQ(c.receive("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HT"),
            need::request);
  EXPECT_EQ(c.core.head().target.query, "");
  EXPECT_EQ(c.core.requests(), 1u);
  c.answer();
  EXPECT_FALSE(c.core.must_write());
  ASSERT_EQ(c.next(), need::request);
  c.answer();
  EXPECT_TRUE(c.core.must_write());
  c.core.written();
  EXPECT_FALSE(c.core.must_write());
  EXPECT_EQ(c.next(), need::input);
  EXPECT_EQ(c.receive("TP/1.1\r\nHost: h\r\n\r\n"), need::request);
}

TEST(ServerCore, EndsTheConnectionWhenTheClientWantsIt) {
  connection c;
  ASSERT_EQ(c.receive("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), need::request);
  const response_plan plan = c.answer();
  EXPECT_TRUE(plan.close);
  EXPECT_EQ(plan.connection, "Connection: close\r\n");
  EXPECT_EQ(c.receive(get), need::close);
}

// RFC 9112 §9.3: HTTP/1.0 keeps the connection only when both say so.
TEST(ServerCore, ServesHttp10) {
  connection c;
  ASSERT_EQ(c.receive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), need::request);
  EXPECT_EQ(c.answer().connection, "Connection: keep-alive\r\n");
  ASSERT_EQ(c.receive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), need::request);
  const response_plan unknown = c.answer(status::ok, std::nullopt);  // no chunks in HTTP/1.0
  EXPECT_EQ(unknown.framing, framing::until_close);
  EXPECT_TRUE(unknown.close);
  EXPECT_EQ(c.next(), need::close);
  connection d;
  ASSERT_EQ(d.receive("GET / HTTP/1.0\r\n\r\n"), need::request);
  EXPECT_TRUE(d.answer().close);
}

// RFC 9112 §6.3, RFC 9110 §8.6 and §9.3.2.
TEST(ServerCore, FramesResponses) {
  auto plan = [](std::string_view verb, status code, std::optional<std::uint64_t> length) {
    connection c;
    EXPECT_EQ(c.receive(std::string(verb) + " / HTTP/1.1\r\nHost: h\r\n\r\n"), need::request);
    return c.core.respond(code, length);
  };
  EXPECT_EQ(plan("GET", status::ok, 5).framing, framing::length);
  EXPECT_EQ(plan("GET", status::ok, 0).framing, framing::none);
  EXPECT_TRUE(plan("GET", status::ok, 0).content_length);
  EXPECT_EQ(plan("GET", status::ok, std::nullopt).framing, framing::chunked);
  EXPECT_FALSE(plan("GET", status::ok, std::nullopt).content_length);
  EXPECT_EQ(plan("HEAD", status::ok, 5).framing, framing::none);
  EXPECT_TRUE(plan("HEAD", status::ok, 5).content_length);
  EXPECT_EQ(plan("HEAD", status::ok, std::nullopt).framing, framing::none);
  EXPECT_EQ(plan("GET", status::no_content, 0).framing, framing::none);
  EXPECT_FALSE(plan("GET", status::no_content, 0).content_length);
  EXPECT_FALSE(plan("GET", status::not_modified, 0).content_length);
  EXPECT_EQ(plan("GET", status::not_modified, 5).framing, framing::none);
}

TEST(ServerCore, HandsOutTheBodyAndFindsTheNextRequest) {
  connection c;
  ASSERT_EQ(c.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel"), need::request);
  EXPECT_EQ(c.body().what, body_outcome::data);
  EXPECT_EQ(c.piece, "hel");
  EXPECT_EQ(c.body().what, body_outcome::incomplete);
  c.unread += "lo";
  c.unread += get;
  EXPECT_EQ(c.body().what, body_outcome::data);
  EXPECT_EQ(c.piece, "lo");
  EXPECT_EQ(c.body().what, body_outcome::done);
  c.answer();
  EXPECT_EQ(c.next(), need::request);
  EXPECT_EQ(c.unread, "");
}

TEST(ServerCore, DropsABodyThatNobodyRead) {
  connection c;
  ASSERT_EQ(c.receive("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
            need::request);
  EXPECT_FALSE(c.answer().close);
  EXPECT_EQ(c.next(), need::input);
  EXPECT_EQ(c.receive("lo\r\n0\r\n"), need::input);
  EXPECT_EQ(c.receive("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), need::request);
}

TEST(ServerCore, EndsTheConnectionWhereTooMuchWouldBeDropped) {
  limits bounds;
  bounds.drained_bytes = 10;
  connection known{bounds};
  ASSERT_EQ(known.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n"), need::request);
  EXPECT_TRUE(known.answer().close);
  EXPECT_EQ(known.next(), need::close);
  connection unknown{bounds};
  ASSERT_EQ(unknown.receive("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"),
            need::request);
  EXPECT_FALSE(unknown.answer().close);
  EXPECT_EQ(unknown.receive("5\r\nhel"), need::input);
  EXPECT_EQ(unknown.receive("lo\r\n5\r\nhello"), need::close);
  connection broken;
  ASSERT_EQ(broken.receive("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nX"),
            need::request);
  broken.answer();
  EXPECT_EQ(broken.next(), need::close);
}

// RFC 9110 §10.1.1.
TEST(ServerCore, AsksForTheBodyOnlyWhenItIsWanted) {
  constexpr auto put = "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"sv;
  connection wanted;
  ASSERT_EQ(wanted.receive(put), need::request);
  EXPECT_TRUE(wanted.core.take_continue());
  EXPECT_FALSE(wanted.core.take_continue());
  wanted.unread += "ab";
  EXPECT_EQ(wanted.body().what, body_outcome::data);
  EXPECT_FALSE(wanted.answer().close);
  EXPECT_EQ(wanted.next(), need::input);

  connection unwanted;
  ASSERT_EQ(unwanted.receive(put), need::request);
  EXPECT_TRUE(unwanted.answer(status::expectation_failed).close);  // whether the body comes is not known
  EXPECT_FALSE(unwanted.core.take_continue());
  EXPECT_EQ(unwanted.next(), need::close);

  connection impatient;
  ASSERT_EQ(impatient.receive(std::string(put) + "ab"), need::request);
  EXPECT_EQ(impatient.body().what, body_outcome::data);
  EXPECT_FALSE(impatient.core.take_continue());
  EXPECT_FALSE(impatient.answer().close);
}

TEST(ServerCore, RefusesAndEnds) {
  connection c;
  ASSERT_EQ(c.receive("GET / HTTP/1.1\nHost: h\n\n"), need::refusal);
  EXPECT_EQ(c.core.reason(), refusal::bare_lf);
  EXPECT_EQ(c.receive(get), need::close);
  connection tunnel;
  ASSERT_EQ(tunnel.receive("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"), need::refusal);
  EXPECT_EQ(status_of(tunnel.core.reason()), status::not_implemented);
  EXPECT_EQ(tunnel.next(), need::close);
}

TEST(ServerCore, RefusesABrokenBody) {
  connection c;
  ASSERT_EQ(c.receive("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz"), need::request);
  const body_step step = c.body();
  EXPECT_EQ(step.what, body_outcome::refused);
  EXPECT_EQ(step.reason, refusal::chunk_size);
  EXPECT_TRUE(c.answer(status_of(step.reason)).close);
  EXPECT_EQ(c.next(), need::close);
}

TEST(ServerCore, EndsAfterSoManyRequests) {
  limits bounds;
  bounds.requests = 2;
  connection c{bounds};
  ASSERT_EQ(c.receive(get), need::request);
  EXPECT_FALSE(c.answer().close);
  ASSERT_EQ(c.receive(get), need::request);
  EXPECT_TRUE(c.answer().close);
  EXPECT_EQ(c.next(), need::close);
}

TEST(ServerCore, IsNotNeededWhileTheConnectionIsIdle) {
  limits bounds;
  bounds.requests = 2;
  server_core first{bounds, start};
  ASSERT_EQ(first.next(as_bytes("GET / HT"sv), start), need::input);
  EXPECT_FALSE(first.idle());
  ASSERT_EQ(first.next(as_bytes(get), start), need::request);
  EXPECT_FALSE(first.idle());
  EXPECT_FALSE(first.respond(status::ok, 2).close);
  first.response_done();
  ASSERT_EQ(first.next({}, start), need::input);
  EXPECT_TRUE(first.idle());
  server_core second{bounds, start, first.requests()};
  ASSERT_EQ(second.next(as_bytes(get), start), need::request);
  EXPECT_TRUE(second.respond(status::ok, 2).close) << "the second request is the last one";
}

TEST(ServerCore, EndsWithTheInput) {
  connection idle;
  idle.core.end_of_input();
  EXPECT_EQ(idle.next(), need::close);
  connection half;
  EXPECT_EQ(half.receive("GET / HT"), need::input);
  half.core.end_of_input();
  EXPECT_EQ(half.next(), need::close);
  connection served;  // what came before the end is still answered
  served.core.end_of_input();
  ASSERT_EQ(served.receive(std::string(get) + std::string(get)), need::request);
  served.answer();
  ASSERT_EQ(served.next(), need::request);
  served.answer();
  EXPECT_EQ(served.next(), need::close);
  connection body;
  ASSERT_EQ(body.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel"), need::request);
  body.core.end_of_input();
  EXPECT_EQ(body.body().what, body_outcome::data);
  EXPECT_EQ(body.body().reason, refusal::body_cut_short);
}

TEST(ServerCore, StopsInOrder) {
  connection idle;
  idle.core.stop();
  EXPECT_EQ(idle.next(), need::close);
  connection busy;
  ASSERT_EQ(busy.receive(std::string(get) + std::string(get)), need::request);
  busy.core.stop();
  EXPECT_TRUE(busy.answer().close);
  EXPECT_EQ(busy.next(), need::close);
}

// Slow clients.
TEST(ServerCore, GivesAHeadItsTimeAndNoMore) {
  connection c;
  EXPECT_EQ(c.next(), need::input);
  EXPECT_EQ(c.core.deadline(), start + limits{}.idle_time);
  c.now += 60s;
  EXPECT_EQ(c.receive("G"), need::input);
  EXPECT_EQ(c.core.deadline(), c.now + limits{}.head_time);
  const instant deadline = c.core.deadline();
  c.now += 5s;
  EXPECT_EQ(c.receive("E"), need::input);
  EXPECT_EQ(c.core.deadline(), deadline);  // a byte now and then buys nothing
  c.now = deadline;
  c.core.timeout();
  EXPECT_EQ(c.next(), need::refusal);
  EXPECT_EQ(c.core.reason(), refusal::head_timeout);
  EXPECT_EQ(status_of(c.core.reason()), status::request_timeout);
}

TEST(ServerCore, EndsAnIdleConnectionWithoutAWord) {
  connection c;
  ASSERT_EQ(c.receive(get), need::request);
  EXPECT_EQ(c.core.deadline(), never);
  c.now += 1s;
  c.answer();
  EXPECT_EQ(c.next(), need::input);
  EXPECT_EQ(c.core.deadline(), c.now + limits{}.idle_time);
  EXPECT_EQ(c.next(), need::input);  // looking twice does not prolong it
  c.now += limits{}.idle_time;
  c.core.timeout();
  EXPECT_EQ(c.next(), need::close);
}

TEST(ServerCore, GivesABodyTimeByItsRate) {
  limits bounds;
  bounds.body_time = 10s;
  bounds.body_rate = 100;
  connection c{bounds};
  ASSERT_EQ(c.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n"), need::request);
  EXPECT_EQ(c.body().what, body_outcome::incomplete);
  EXPECT_EQ(c.core.deadline(), start + 10s);
  c.now += 9s;
  c.unread.assign(400, 'x');
  EXPECT_EQ(c.body().what, body_outcome::data);
  EXPECT_EQ(c.core.deadline(), never);
  EXPECT_EQ(c.body().what, body_outcome::incomplete);
  EXPECT_EQ(c.core.deadline(), start + 14s);  // and not nine more seconds
  c.core.timeout();
  const body_step step = c.body();
  EXPECT_EQ(step.what, body_outcome::refused);
  EXPECT_EQ(step.reason, refusal::body_timeout);
}

TEST(ServerCore, DoesNotDropForEver) {
  limits bounds;
  bounds.body_time = 10s;
  connection c{bounds};
  ASSERT_EQ(c.receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\n"), need::request);
  EXPECT_FALSE(c.answer().close);
  EXPECT_EQ(c.next(), need::input);
  EXPECT_EQ(c.core.deadline(), start + 10s);
  c.core.timeout();
  EXPECT_EQ(c.next(), need::close);
}

}  // namespace
}  // namespace mirage::http
