// SPDX-License-Identifier: ISC
// `v1::http_client` and its responses: what it sends, what a caller sees, connections that are used again,
// and what goes wrong.
//
// The subject, besides what suite.hpp asks for:
//   using http_client = ...;         the implementation under test
//   http_client& device();
//   listener& port();                where the test serves: a `v1::listener` of any type
//   std::string uri();               of that place, as in `http://10.0.0.1:8080`, without a path
//   std::string nowhere();           one that nobody serves
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/flow_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class http_client_suite {
  using client = typename Subject::http_client;
  using response = typename client::response;
  static_assert(v1::http_client<client>);
  using error = v1::http_error;

 public:
  explicit http_client_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> a_request_is_sent_and_its_answer_seen() {
    auto [request, checked] = co_await when_all(
        serve_one(
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Word: yes\r\nContent-Length: 5\r\n\r\nhello"),
        get_hello());
    EXPECT_TRUE(request.starts_with("GET /a/b?c=d HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("\r\nHost: " + subject.uri().substr(7) + "\r\n"), std::string::npos) << request;
  }

  task<> a_uri_without_path_asks_for_the_root() {
    auto [request, answer] =
        co_await when_all(serve_one("HTTP/1.1 204 No Content\r\n\r\n"), ask(subject.uri()));
    EXPECT_TRUE(request.starts_with("GET / HTTP/1.1\r\n")) << request;
    EXPECT_EQ(answer, "204 ");
  }

  task<> method_headers_and_body_are_sent() {
    auto [request, sent] =
        co_await when_all(serve_one("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"), post());
    EXPECT_TRUE(request.starts_with("POST /form HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("\r\nX-Mine: 1\r\n"), std::string::npos) << request;
    EXPECT_NE(request.find("\r\nContent-Length: 7\r\n"), std::string::npos) << request;
    EXPECT_TRUE(request.ends_with("\r\n\r\na=b&c=d")) << request;
  }

  task<> a_chunked_answer_is_put_together() {
    auto [request, answer] = co_await when_all(
        serve_one(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"),
        ask(subject.uri()));
    EXPECT_EQ(answer, "200 hello, world");
  }

  task<> an_answer_without_length_goes_to_the_end() {
    auto [request, answer] = co_await when_all(
        serve_one("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end"), ask(subject.uri()));
    EXPECT_EQ(answer, "200 to the end");
  }

  task<> head_has_no_body() {
    auto [request, answer] = co_await when_all(serve_one("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"),
                                               ask(subject.uri(), "HEAD"));
    EXPECT_EQ(answer, "200 ");
  }

  task<> a_redirect_is_an_answer_like_any() {
    auto [request, answer] = co_await when_all(
        serve_one("HTTP/1.1 301 Moved\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n"),
        ask(subject.uri()));
    EXPECT_EQ(answer, "301 ");
  }

  task<> interim_answers_are_skipped() {
    auto [request, answer] = co_await when_all(
        serve_one(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ask(subject.uri()));
    EXPECT_EQ(answer, "200 ok");
  }

  task<> a_connection_is_used_again() {
    auto [served, answers] = co_await when_all(serve_several(3), ask_several(3));
    EXPECT_EQ(served, 3) << "all came over one connection";
    EXPECT_EQ(answers, "200 answer|200 answer|200 answer|");
  }

  task<> a_connection_that_went_meanwhile_is_replaced() {
    auto [first, answer] =
        co_await when_all(serve_one("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"), ask(subject.uri()));
    EXPECT_EQ(answer, "200 one");
    co_await sleep_for(a_while / 10);
    auto [second, again] =
        co_await when_all(serve_one("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"), ask(subject.uri()));
    EXPECT_EQ(again, "200 two");
  }

  task<> a_large_answer_comes_in_parts() {
    const std::string body = pattern(300'000);
    auto [request, answer] = co_await when_all(
        serve_one("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + body), ask(subject.uri()));
    EXPECT_TRUE(answer == "200 " + body);
  }

  task<> an_answer_that_breaks_off_is_told() {
    auto [request, answer] =
        co_await when_all(serve_one("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), ask(subject.uri()));
    EXPECT_EQ(answer, "200 half[" + std::string(describe(error::closed)) + "]");
    auto [other_request, nothing] = co_await when_all(serve_one("HTTP/1.1 200 O"), ask(subject.uri()));
    EXPECT_EQ(nothing, describe(error::closed));
  }

  task<> what_is_not_http_is_refused() {
    auto [request, answer] =
        co_await when_all(serve_one("220 mail.example ESMTP\r\n\r\n"), ask(subject.uri()));
    EXPECT_EQ(answer, describe(error::bad_message));
  }

  task<> nobody_there_is_told() {
    auto answer = co_await ask(subject.nowhere());
    EXPECT_EQ(answer, describe(error::not_reached));
  }

  task<> what_is_no_uri_is_refused() {
    for (const char* uri : {"", "no uri", "http://", "/only/a/path", "http://host:99999/", "http://ho st/"}) {
      auto answer = co_await ask(uri);
      EXPECT_EQ(answer, describe(error::bad_uri)) << uri;
    }
    auto other = co_await ask("gopher://example.org/");
    EXPECT_TRUE(other == describe(error::bad_uri) || other == describe(error::unsupported)) << other;
  }

  task<> a_request_cannot_be_split() {
    const v1::http_header split[] = {{"X-Split", "a\r\nX-Smuggled: b"}};
    const std::string uri = subject.uri();
    v1::http_call call{.uri = uri, .headers = split};
    auto answer = co_await subject.device().request(std::move(call));
    EXPECT_EQ(error_of(answer), error::misused);
    v1::http_call method{.method = "GET / HTTP/1.1\r\nX: ", .uri = uri};
    answer = co_await subject.device().request(std::move(method));
    EXPECT_EQ(error_of(answer), error::misused);
  }

  task<> a_cancelled_request_leaves_the_client_usable() {
    auto silent = co_await with_timeout(a_while / 10, ask(subject.uri()));
    EXPECT_FALSE(silent.has_value());
    auto ended = co_await with_timeout(a_while, drop_one());
    EXPECT_TRUE(ended.has_value()) << "its connection is ended";
    auto [request, answer] =
        co_await when_all(serve_one("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), ask(subject.uri()));
    EXPECT_EQ(answer, "200 ok");
  }

  static std::vector<suite_test<http_client_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(http_client_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(http_client_suite, a_request_is_sent_and_its_answer_seen),
        MIRAGE_SUITE_TEST(http_client_suite, a_uri_without_path_asks_for_the_root),
        MIRAGE_SUITE_TEST(http_client_suite, method_headers_and_body_are_sent),
        MIRAGE_SUITE_TEST(http_client_suite, a_chunked_answer_is_put_together),
        MIRAGE_SUITE_TEST(http_client_suite, an_answer_without_length_goes_to_the_end),
        MIRAGE_SUITE_TEST(http_client_suite, head_has_no_body),
        MIRAGE_SUITE_TEST(http_client_suite, a_redirect_is_an_answer_like_any),
        MIRAGE_SUITE_TEST(http_client_suite, interim_answers_are_skipped),
        MIRAGE_SUITE_TEST(http_client_suite, a_connection_is_used_again),
        MIRAGE_SUITE_TEST(http_client_suite, a_connection_that_went_meanwhile_is_replaced),
        MIRAGE_SUITE_TEST(http_client_suite, a_large_answer_comes_in_parts),
        MIRAGE_SUITE_TEST(http_client_suite, an_answer_that_breaks_off_is_told),
        MIRAGE_SUITE_TEST(http_client_suite, what_is_not_http_is_refused),
        MIRAGE_SUITE_TEST(http_client_suite, nobody_there_is_told),
        MIRAGE_SUITE_TEST(http_client_suite, what_is_no_uri_is_refused),
        MIRAGE_SUITE_TEST(http_client_suite, a_request_cannot_be_split),
        MIRAGE_SUITE_TEST(http_client_suite, a_cancelled_request_leaves_the_client_usable),
    };
  }

 private:
  // ---- The server's side: raw bytes ----

  /// The head and the body of the next request; empty when the connection ends instead.
  template <class Flow>
  static task<std::string> next_request(Flow& from) {
    std::string request;
    while (true) {
      const std::size_t end = request.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t length = request.find("\r\nContent-Length: ");
        const std::size_t size = length < end ? std::stoul(request.substr(length + 18)) : 0;
        if (request.size() >= end + 4 + size) co_return request;
      }
      auto part = co_await from.read();
      if (!part || part->empty()) co_return "";
      request += part->text();
    }
  }
  /// Accepts a connection, answers its first request with these bytes and ends it. Gives the request.
  task<std::string> serve_one(std::string answer) {
    auto flow = co_await subject.port().accept();
    EXPECT_EQ(outcome(flow), "ok");
    if (!flow) co_return "";
    const std::string request = co_await next_request(*flow);
    auto written = co_await flow->write(buffer_of(answer));
    EXPECT_EQ(outcome(written), "ok");
    co_await flow->close();
    co_return request;
  }
  /// Serves requests of one connection; gives how many there were.
  task<int> serve_several(int count) {
    auto flow = co_await subject.port().accept();
    EXPECT_EQ(outcome(flow), "ok");
    int served = 0;
    while (flow && served < count) {
      const std::string request = co_await next_request(*flow);
      if (request.empty()) break;
      auto written = co_await flow->write(buffer_of("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer"));
      EXPECT_EQ(outcome(written), "ok");
      ++served;
    }
    if (flow) co_await flow->close();
    co_return served;
  }
  /// Accepts a connection and waits for the other side to end it.
  task<> drop_one() {
    auto flow = co_await subject.port().accept();
    EXPECT_EQ(outcome(flow), "ok");
    if (!flow) co_return;
    auto rest = co_await read_to_end(*flow);
    co_await flow->close();
  }

  // ---- The client's side ----

  /// The status and the body, or the error in words.
  task<std::string> ask(std::string uri, std::string method = "GET") {
    v1::http_call call{.method = method, .uri = uri};
    auto answer = co_await subject.device().request(std::move(call));
    if (!answer) co_return outcome(answer);
    std::string text = std::to_string(answer->status()) + " ";
    while (true) {
      auto part = co_await answer->read_body();
      if (!part) co_return text + "[" + outcome(part) + "]";
      if (part->empty()) co_return text;
      text += part->text();
    }
  }
  task<std::string> ask_several(int count) {
    std::string all;
    for (int i = 0; i < count; ++i) {
      auto answer = co_await ask(subject.uri() + "/" + std::to_string(i));
      all += answer + "|";
    }
    co_return all;
  }
  task<> get_hello() {
    const std::string uri = subject.uri() + "/a/b?c=d";
    v1::http_call call{.uri = uri};
    auto answer = co_await subject.device().request(std::move(call));
    MIRAGE_CO_ASSERT(answer.has_value());
    EXPECT_EQ(answer->status(), 200u);
    EXPECT_EQ(answer->header("x-wORD"), "yes");
    EXPECT_EQ(answer->header("x-none"), std::nullopt);
    EXPECT_GE(answer->headers().size(), 3u);
    response moved(*std::move(answer));
    EXPECT_EQ(moved.header("content-type"), "text/plain");
    auto body = co_await moved.read_body();
    EXPECT_EQ(text_of(body), "hello");
    for (int i = 0; i < 2; ++i) {
      auto end = co_await moved.read_body();
      EXPECT_EQ(text_of(end), "");
    }
  }
  task<> post() {
    const std::string uri = subject.uri() + "/form";
    const v1::http_header headers[] = {{"X-Mine", "1"}};
    v1::http_call call{.method = "POST", .uri = uri, .headers = headers, .body = buffer_of("a=b&c=d")};
    auto answer = co_await subject.device().request(std::move(call));
    MIRAGE_CO_ASSERT(answer.has_value());
    EXPECT_EQ(answer->status(), 201u);
  }
};

}  // namespace mirage::test
