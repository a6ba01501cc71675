// SPDX-License-Identifier: ISC
// `v1::http_server` and its exchanges: what a handler sees and may do. How strictly requests are read is
// tested where they are parsed.
//
// The subject, besides what suite.hpp asks for:
//   using http_server = ...;                  the implementation under test
//   http_server& device();
//   endpoint local();                         where to serve
//   task<result<P, flow_error>> connect();    a connection to that; P is a flow of any type
#pragma once

#include <cstdint>
#include <functional>
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

/// A response as it came.
struct raw_response {
  std::string head;  ///< the status line and the headers, each with its CRLF
  std::string body;  ///< as it is on the wire
  [[nodiscard]] unsigned status() const {
    return head.size() < 12 ? 0 : static_cast<unsigned>(std::stoul("0" + head.substr(9, 3)));
  }
  [[nodiscard]] std::string header(std::string_view name) const {
    const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return "(none)";
    const std::size_t begin = at + 2 + name.size() + 2;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

/// Takes one response off the front of a stream: what HTTP/1.1 says of its length (RFC 9112 §6.3), to GET.
inline std::optional<raw_response> take_response(std::string& from) {
  const std::size_t end = from.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  raw_response made{from.substr(0, end + 2), {}};
  const std::string length = made.header("Content-Length");
  std::size_t size = 0;
  if (made.header("Transfer-Encoding") == "chunked") {
    const std::size_t last = from.find("\r\n0\r\n\r\n", end + 2);
    if (last == std::string::npos) return std::nullopt;
    size = last + 7 - (end + 4);
  } else if (length != "(none)") {
    size = std::stoul(length);
  }
  if (from.size() < end + 4 + size) return std::nullopt;
  made.body = from.substr(end + 4, size);
  from.erase(0, end + 4 + size);
  return made;
}

/// The content of a chunked body without extensions (RFC 9112 §7.1).
inline std::string unchunked(std::string_view body) {
  std::string content;
  while (!body.empty()) {
    const std::size_t size = std::stoul(std::string(body.substr(0, body.find("\r\n"))), nullptr, 16);
    body.remove_prefix(body.find("\r\n") + 2);
    if (size == 0) break;
    content += body.substr(0, size);
    body.remove_prefix(size + 2);
  }
  return content;
}

template <class Subject>
class http_server_suite {
  using server = typename Subject::http_server;
  using exchange = typename server::exchange;
  static_assert(v1::http_server<server>);
  using handler = std::function<task<>(exchange&)>;

 public:
  explicit http_server_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> a_handler_sees_the_request_and_answers() {
    co_await serving([](exchange& x) { return tell_request(x); });
    auto answer = co_await ask("GET /a%20b/c?d=e%20f HTTP/1.1\r\nHost: h\r\nX-Word: yes\r\n\r\n");
    EXPECT_EQ(answer.status(), 200u);
    EXPECT_EQ(answer.header("Content-Type"), "text/plain");
    EXPECT_EQ(answer.body, "GET|/a%20b/c?d=e%20f|/a b/c|d=e%20f|yes|-|");
  }

  task<> a_request_without_query_has_none() {
    co_await serving([](exchange& x) { return tell_request(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.body, "GET|/|/||-|-|");
  }

  task<> a_path_has_no_dot_segments() {
    co_await serving([](exchange& x) { return tell_request(x); });
    for (const char* target : {"/a/../b", "/a/./b", "/..", "/../../etc/passwd", "/a/%2e%2e/b", "/%2E/b"}) {
      auto answer = co_await ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      if (answer.status() == 400) continue;  // refused is free of them, too
      const std::string path = answer.body.substr(answer.body.find('|', 4) + 1);
      EXPECT_EQ(path.find("/../"), std::string::npos) << target << " gave " << answer.body;
      EXPECT_EQ(path.find("/./"), std::string::npos) << target << " gave " << answer.body;
      EXPECT_EQ(path.find("/..|"), std::string::npos) << target << " gave " << answer.body;
    }
  }

  task<> the_answer_is_as_it_was_given() {
    co_await serving([](exchange& x) { return teapot(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status(), 418u);
    EXPECT_EQ(answer.header("X-One"), "1");
    EXPECT_EQ(answer.header("X-Two"), "two words");
    EXPECT_EQ(answer.header("Content-Type"), "text/teapot");
    EXPECT_EQ(answer.body, "short and stout");
  }

  task<> an_answer_may_be_empty() {
    co_await serving([](exchange& x) { return nothing(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status(), 200u);
    EXPECT_EQ(answer.header("Content-Length"), "0");
    EXPECT_EQ(answer.body, "");
  }

  task<> one_connection_carries_many_requests() {
    co_await serving([](exchange& x) { return tell_request(x); });
    auto flow = co_await subject.connect();
    MIRAGE_CO_ASSERT(flow.has_value());
    std::string input;
    for (const char* path : {"/one", "/two", "/three"}) {
      auto answer =
          co_await ask_on(*flow, input, "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      EXPECT_EQ(answer.body, "GET|" + std::string(path) + "|" + path + "||-|-|");
    }
    co_await flow->close();
  }

  task<> requests_that_come_at_once_are_answered_in_order() {
    co_await serving([](exchange& x) { return tell_request(x); });
    auto flow = co_await subject.connect();
    MIRAGE_CO_ASSERT(flow.has_value());
    std::string requests;
    for (int i = 0; i < 20; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    auto written = co_await flow->write(buffer_of(requests));
    EXPECT_EQ(outcome(written), "ok");
    std::string input;
    for (int i = 0; i < 20; ++i) {
      auto answer = co_await next_response(*flow, input);
      EXPECT_EQ(answer.body.substr(0, answer.body.find('|', 4)), "GET|/" + std::to_string(i));
    }
    co_await flow->close();
  }

  task<> head_is_answered_without_a_body() {
    co_await serving([](exchange& x) { return teapot(x); });
    auto flow = co_await subject.connect();
    MIRAGE_CO_ASSERT(flow.has_value());
    auto written = co_await flow->write(buffer_of(
        "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string all = co_await read_to_end(*flow);
    EXPECT_NE(all.find("Content-Length: 15\r\n"), std::string::npos) << "the head is that of a GET";
    EXPECT_EQ(all.find("short and stout"), std::string::npos);
    EXPECT_NE(all.find("\r\n\r\nHTTP/1.1 418"), std::string::npos)
        << "the second answer follows the first head";
  }

  task<> a_body_of_known_length_is_read() {
    co_await serving([](exchange& x) { return echo_body(x); });
    const std::string body = pattern(100'000);
    auto answer = co_await ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" + body);
    EXPECT_TRUE(answer.body == body);
  }

  task<> a_chunked_body_is_read() {
    co_await serving([](exchange& x) { return echo_body(x); });
    auto answer = co_await ask(
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n0\r\n\r\n");
    EXPECT_EQ(answer.body, "hello, world");
  }

  task<> a_request_without_body_has_an_empty_one() {
    co_await serving([](exchange& x) { return echo_body(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status(), 200u);
    EXPECT_EQ(answer.body, "");
  }

  task<> continue_is_sent_when_the_body_is_wanted() {
    co_await serving([](exchange& x) { return echo_body(x); });
    auto flow = co_await subject.connect();
    MIRAGE_CO_ASSERT(flow.has_value());
    auto written = co_await flow->write(
        buffer_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string invitation = "HTTP/1.1 100 Continue\r\n\r\n";
    const std::string got = co_await read_bytes(*flow, invitation.size());
    EXPECT_EQ(got, invitation);
    std::string input;
    auto answer = co_await ask_on(*flow, input, "hello");
    EXPECT_EQ(answer.body, "hello");
    co_await flow->close();
  }

  task<> continue_is_not_sent_when_nobody_reads_the_body() {
    co_await serving([](exchange& x) { return teapot(x); });
    auto answer =
        co_await ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(answer.status(), 418u);
  }

  task<> a_body_that_is_left_is_skipped() {
    co_await serving([](exchange& x) { return tell_request(x); });
    auto flow = co_await subject.connect();
    MIRAGE_CO_ASSERT(flow.has_value());
    std::string input;
    auto first =
        co_await ask_on(*flow, input, "POST /one HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /");
    EXPECT_EQ(first.status(), 200u);
    auto second = co_await ask_on(*flow, input, "GET /two HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(second.body, "GET|/two|/two||-|-|");
    co_await flow->close();
  }

  task<> a_stream_is_sent_in_chunks() {
    co_await serving([](exchange& x) { return stream(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status(), 200u);
    EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
    EXPECT_TRUE(unchunked(answer.body) == "first " + pattern(10'000) + " last");
  }

  task<> a_stream_that_is_not_ended_ends_the_connection() {
    co_await serving([](exchange& x) { return stream_without_end(x); });
    auto flow = co_await subject.connect();
    MIRAGE_CO_ASSERT(flow.has_value());
    auto written = co_await flow->write(buffer_of("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_EQ(outcome(written), "ok");
    const std::string all = co_await read_to_end(*flow);
    EXPECT_EQ(all.find("\r\n0\r\n\r\n"), std::string::npos) << "it looks whole, and is not";
  }

  task<> no_answer_is_an_internal_error() {
    co_await serving([](exchange& x) { return say_nothing(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status(), 500u);
  }

  task<> an_answer_is_given_once_and_as_its_head_says() {
    std::vector<std::string> outcomes;
    co_await serving([&outcomes](exchange& x) { return misuse(x, outcomes); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.body, "once");
    const std::string misused(describe(v1::http_error::misused));
    EXPECT_EQ(outcomes,
              (std::vector<std::string>{misused, misused, misused, "ok", misused, misused, misused}));
  }

  task<> handlers_of_several_connections_run_at_once() {
    co_await serving([](exchange& x) { return wait_or_answer(x); });
    auto slow = co_await subject.connect();
    MIRAGE_CO_ASSERT(slow.has_value());
    auto written = co_await slow->write(buffer_of("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"));
    EXPECT_EQ(outcome(written), "ok");
    co_await sleep_for(a_while / 10);
    auto answer = co_await ask("GET /fast HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.body, "/fast");
    std::string input;
    auto late = co_await next_response(*slow, input);
    EXPECT_EQ(late.body, "/slow");
    co_await slow->close();
  }

  task<> a_place_can_be_served_once() {
    co_await serving([](exchange& x) { return teapot(x); });
    auto again = co_await subject.device().serve(subject.local(), [](exchange& x) { return teapot(x); });
    EXPECT_EQ(error_of(again), v1::listen_error::in_use);
  }

  task<> cancelling_ends_the_service() {
    co_await serving([](exchange& x) { return teapot(x); });
    auto idle = co_await subject.connect();
    EXPECT_EQ(outcome(idle), "ok");
    service_.reset();
    co_await sleep_for(a_while / 10);
    auto refused = co_await subject.connect();
    EXPECT_EQ(error_of(refused), v1::flow_error::refused);
    co_await serving([](exchange& x) { return tell_request(x); });
    auto answer = co_await ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(answer.status(), 200u) << "the place is free again";
  }

  static std::vector<suite_test<http_server_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(http_server_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(http_server_suite, a_handler_sees_the_request_and_answers),
        MIRAGE_SUITE_TEST(http_server_suite, a_request_without_query_has_none),
        MIRAGE_SUITE_TEST(http_server_suite, a_path_has_no_dot_segments),
        MIRAGE_SUITE_TEST(http_server_suite, the_answer_is_as_it_was_given),
        MIRAGE_SUITE_TEST(http_server_suite, an_answer_may_be_empty),
        MIRAGE_SUITE_TEST(http_server_suite, one_connection_carries_many_requests),
        MIRAGE_SUITE_TEST(http_server_suite, requests_that_come_at_once_are_answered_in_order),
        MIRAGE_SUITE_TEST(http_server_suite, head_is_answered_without_a_body),
        MIRAGE_SUITE_TEST(http_server_suite, a_body_of_known_length_is_read),
        MIRAGE_SUITE_TEST(http_server_suite, a_chunked_body_is_read),
        MIRAGE_SUITE_TEST(http_server_suite, a_request_without_body_has_an_empty_one),
        MIRAGE_SUITE_TEST(http_server_suite, continue_is_sent_when_the_body_is_wanted),
        MIRAGE_SUITE_TEST(http_server_suite, continue_is_not_sent_when_nobody_reads_the_body),
        MIRAGE_SUITE_TEST(http_server_suite, a_body_that_is_left_is_skipped),
        MIRAGE_SUITE_TEST(http_server_suite, a_stream_is_sent_in_chunks),
        MIRAGE_SUITE_TEST(http_server_suite, a_stream_that_is_not_ended_ends_the_connection),
        MIRAGE_SUITE_TEST(http_server_suite, no_answer_is_an_internal_error),
        MIRAGE_SUITE_TEST(http_server_suite, an_answer_is_given_once_and_as_its_head_says),
        MIRAGE_SUITE_TEST(http_server_suite, handlers_of_several_connections_run_at_once),
        MIRAGE_SUITE_TEST(http_server_suite, a_place_can_be_served_once),
        MIRAGE_SUITE_TEST(http_server_suite, cancelling_ends_the_service),
    };
  }

 private:
  // ---- Handlers ----

  static task<> respond(exchange& x, std::string text) {
    v1::http_response answer{.content_type = "text/plain", .body = buffer_of(text)};
    auto sent = co_await x.respond(std::move(answer));
    EXPECT_EQ(outcome(sent), "ok");
  }
  static task<> tell_request(exchange& x) {
    const auto& request = x.request();
    EXPECT_NE(request.peer().port, 0);
    std::string text;
    for (const std::string_view each :
         {request.method(), request.target(), request.path(), request.query(),
          request.header("x-wORD").value_or("-"), request.header("x-none").value_or("-")})
      text += std::string(each) + "|";
    co_await respond(x, text);
  }
  static task<> teapot(exchange& x) {
    const v1::http_header headers[] = {{"X-One", "1"}, {"X-Two", "two words"}};
    v1::http_response answer{.status = 418,
                             .content_type = "text/teapot",
                             .headers = headers,
                             .body = buffer_of("short and stout")};
    auto sent = co_await x.respond(std::move(answer));
    EXPECT_EQ(outcome(sent), "ok");
  }
  static task<> nothing(exchange& x) {
    v1::http_response answer;
    auto sent = co_await x.respond(std::move(answer));
    EXPECT_EQ(outcome(sent), "ok");
  }
  static task<> say_nothing(exchange&) { co_return; }
  static task<> echo_body(exchange& x) {
    std::string body;
    while (true) {
      auto part = co_await x.read_body();
      MIRAGE_CO_ASSERT(part.has_value());
      if (part->empty()) break;
      body += part->text();
    }
    auto end = co_await x.read_body();
    EXPECT_EQ(text_of(end), "") << "the end stays";
    co_await respond(x, body);
  }
  static task<> stream(exchange& x) {
    v1::http_response head{.content_type = "text/plain"};
    auto begun = co_await x.begin(std::move(head));
    EXPECT_EQ(outcome(begun), "ok");
    for (const std::string& part :
         {std::string("first "), std::string(), pattern(10'000), std::string(" last")}) {
      auto written = co_await x.write(buffer_of(part));
      EXPECT_EQ(outcome(written), "ok");
    }
    auto ended = co_await x.end();
    EXPECT_EQ(outcome(ended), "ok");
  }
  static task<> stream_without_end(exchange& x) {
    v1::http_response head;
    auto begun = co_await x.begin(std::move(head));
    EXPECT_EQ(outcome(begun), "ok");
    auto written = co_await x.write(buffer_of("half"));
    EXPECT_EQ(outcome(written), "ok");
  }
  static task<> misuse(exchange& x, std::vector<std::string>& outcomes) {
    auto early_write = co_await x.write(buffer_of("x"));
    outcomes.push_back(outcome(early_write));
    auto early_end = co_await x.end();
    outcomes.push_back(outcome(early_end));
    const v1::http_header split[] = {{"X-Split", "a\r\nX-Smuggled: b"}};
    v1::http_response smuggler{.headers = split};
    auto smuggled = co_await x.respond(std::move(smuggler));
    outcomes.push_back(outcome(smuggled));
    v1::http_response once{.body = buffer_of("once")};
    auto first = co_await x.respond(std::move(once));
    outcomes.push_back(outcome(first));
    v1::http_response twice{.body = buffer_of("twice")};
    auto second = co_await x.respond(std::move(twice));
    outcomes.push_back(outcome(second));
    v1::http_response third;
    auto begun = co_await x.begin(std::move(third));
    outcomes.push_back(outcome(begun));
    auto written = co_await x.write(buffer_of("x"));
    outcomes.push_back(outcome(written));
  }
  static task<> wait_or_answer(exchange& x) {
    if (x.request().path() == "/slow") co_await sleep_for(a_while / 2);
    co_await respond(x, std::string(x.request().path()));
  }

  // ---- The client's side ----

  task<> serve(handler call) {
    // The server gets a handler that it can only move.
    struct move_only {
      explicit move_only(handler call) : call(std::move(call)) {}
      move_only(move_only&&) noexcept = default;
      task<> operator()(exchange& x) { return call(x); }
      handler call;
    };
    auto served = co_await subject.device().serve(subject.local(), move_only(std::move(call)));
    EXPECT_EQ(outcome(served), "ok");
  }
  task<> serving(handler call) {
    service_.emplace();
    auto spawned = service_->spawn("server", serve(std::move(call)));
    EXPECT_TRUE(spawned.has_value());
    co_await sleep_for(a_while / 10);
  }
  task<raw_response> ask(std::string request) {
    auto flow = co_await subject.connect();
    EXPECT_EQ(outcome(flow), "ok");
    if (!flow) co_return raw_response{};
    std::string input;
    auto answer = co_await ask_on(*flow, input, std::move(request));
    co_await flow->close();
    co_return answer;
  }
  template <class Flow>
  task<raw_response> ask_on(Flow& flow, std::string& input, std::string request) {
    auto written = co_await flow.write(buffer_of(request));
    EXPECT_EQ(outcome(written), "ok");
    auto answer = co_await next_response(flow, input);
    co_return answer;
  }
  template <class Flow>
  task<raw_response> next_response(Flow& flow, std::string& input) {
    while (true) {
      if (auto answer = take_response(input)) co_return *std::move(answer);
      auto part = co_await flow.read();
      if (!part || part->empty()) {
        ADD_FAILURE() << "the connection ended within an answer: " << input.substr(0, 1000);
        co_return raw_response{};
      }
      input += part->text();
    }
  }

  std::optional<scope> service_;
};

}  // namespace mirage::test
