// SPDX-License-Identifier: ISC
// The server over a stack in memory, under virtual time.
#include "mirage/http/server.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "raw_client.hpp"

namespace mirage::http {
namespace {

using namespace test;
using namespace std::string_view_literals;

static_assert(v1::http_server<http_server<memory::stack>>);

task<> hello(exchange& with) {
  v1::http_response answer{.content_type = "text/plain"};
  answer.body = text_buffer("hello");
  auto sent = co_await with.respond(std::move(answer));
  EXPECT_TRUE(sent);
}

/// Tells what it was asked.
task<> echo(exchange& with) {
  const auto& request = with.request();
  std::string text = std::string(request.method()) + " " + std::string(request.path()) + " ? " +
                     std::string(request.query()) + " " +
                     std::string(request.header("x-test").value_or("-")) + "\n";
  while (true) {
    auto part = co_await with.read_body();
    if (!part) {
      text += "[" + std::string(describe(part.error())) + "]";
      break;
    }
    if (part->empty()) break;
    text += part->text();
  }
  v1::http_response answer;
  answer.body = text_buffer(text);
  auto sent = co_await with.respond(std::move(answer));
  EXPECT_TRUE(sent);
}

constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view hello_answer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

TEST(Server, AnswersOneRequestAfterTheOther) {
  served site{hello};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    for (int i = 0; i < 3; ++i) {
      const std::string answer = co_await peer.ask(get);
      EXPECT_EQ(without_date(answer), hello_answer);
    }
    co_await peer.close();
  };
  site.run(client());
  EXPECT_EQ(site.counted("http_requests_total"), 3);
  EXPECT_EQ(site.counted("http_connections_total"), 1);
  EXPECT_EQ(site.counted("http_responses_total", "class=\"2xx\""), 3);
  EXPECT_EQ(site.counted("http_connections_open"), 0);
}

TEST(Server, SaysWhatTimeItIs) {
  served site{hello};
  EXPECT_NE(site.ask(get).find("\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"), std::string::npos);
  site.node.advance(61s);
  EXPECT_NE(site.ask(get).find("\r\nDate: Thu, 01 Jan 2026 00:01:02 GMT\r\n"), std::string::npos);
}

TEST(Server, ShowsTheRequestToTheHandler) {
  served site{echo};
  EXPECT_TRUE(site.ask("GET /a%20b/%C3%A4?c=d%20e HTTP/1.1\r\nHost: h\r\nX-Test: yes\r\n\r\n")
                  .ends_with("\r\n\r\nGET /a b/\xc3\xa4 ? c=d%20e yes\n"));
  EXPECT_TRUE(site.ask("BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n").ends_with("\r\n\r\nBREW /pot ?  -\n"));
}

// RFC 9112 §9.3.2.
TEST(Server, AnswersPipelinedRequestsInOneWrite) {
  served site{echo};
  std::string requests;
  std::string expected;
  for (int i = 0; i < 5; ++i) {
    requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
    expected += "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nGET /" + std::to_string(i) + " ?  -\n";
  }
  EXPECT_EQ(without_date(site.ask(requests)), expected);
}

TEST(Server, AnswersMorePipelinedRequestsThanItGathers) {
  served site{echo};
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string answers = site.ask(requests);
  std::size_t at = 0;
  for (int i = 0; i < 500; ++i) {
    at = answers.find("GET /" + std::to_string(i) + " ?  -\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Server, TakesRequestsInPieces) {
  served site{echo};
  const auto text =
      "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET /y HTTP/1.1\r\nHost: h\r\n\r\n"sv;
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    for (std::size_t at = 0; at < text.size(); ++at) {
      co_await peer.send(text.substr(at, 1));
      co_await yield();
      co_await yield();
    }
    const std::string answers = co_await peer.receive();
    EXPECT_EQ(without_date(answers),
              "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\nPOST /x ?  -\nhello"
              "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nGET /y ?  -\n");
    co_await peer.close();
  };
  site.run(client());
}

TEST(Server, ReadsBodiesOfEachFraming) {
  served site{echo};
  EXPECT_TRUE(site.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world")
                  .ends_with("-\nhello world"));
  EXPECT_TRUE(site.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                       "chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n"
                       "0\r\nA: b\r\n\r\n")
                  .ends_with("-\nhello world"));
}

constexpr auto expecting =
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"sv;

// RFC 9110 §10.1.1.
TEST(Server, SendsContinueWhenTheBodyIsRead) {
  served site{echo};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    std::string answer = co_await peer.ask(expecting);
    EXPECT_EQ(answer, "HTTP/1.1 100 Continue\r\n\r\n");
    answer = co_await peer.ask("hello");
    EXPECT_TRUE(answer.ends_with("-\nhello")) << answer;
    EXPECT_EQ(answer.find("Connection"), std::string::npos);
    co_await peer.close();
  };
  site.run(client());
  EXPECT_TRUE(site.ask(std::string(expecting) + "hello").starts_with("HTTP/1.1 200"));  // the impatient
}

TEST(Server, DoesNotSendContinueWhenTheBodyIsNotRead) {
  served site{hello};
  EXPECT_EQ(without_date(site.ask(expecting)),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: "
            "close\r\n\r\nhello[end]");
}

TEST(Server, SkipsABodyThatNobodyRead) {
  served site{hello};
  const std::string request =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x');
  const std::string answers = site.ask(request + request);
  EXPECT_EQ(without_date(answers), std::string(hello_answer) + std::string(hello_answer));
}

// RFC 9110 §9.3.2.
TEST(Server, LeavesTheContentOutForHead) {
  served site{hello};
  EXPECT_EQ(
      without_date(site.ask("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n" + std::string(hello_answer));
}

task<> stream(exchange& with) {
  v1::http_response answer;
  auto begun = co_await with.begin(std::move(answer));
  EXPECT_TRUE(begun);
  for (std::string_view text : {"one", "", "and two"}) {
    auto written = co_await with.write(text_buffer(text));
    EXPECT_TRUE(written);
  }
  auto ended = co_await with.end();
  EXPECT_TRUE(ended);
}

// RFC 9112 §7.1.
TEST(Server, StreamsInChunks) {
  served site{stream};
  EXPECT_EQ(without_date(site.ask(std::string(get) + std::string(get))),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n7\r\nand two\r\n0\r\n\r\n"
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n7\r\nand two\r\n0\r\n\r\n");
  EXPECT_EQ(without_date(site.ask("GET / HTTP/1.0\r\n\r\n")),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\noneand two[end]");
  EXPECT_EQ(without_date(site.ask("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")), "HTTP/1.1 200 OK\r\n\r\n");
}

TEST(Server, StreamsAKnownLength) {
  served site{[](exchange& with) -> task<> {
    auto begun = co_await with.begin(v1::http_response{}, 6);
    EXPECT_TRUE(begun);
    auto written = co_await with.write(text_buffer("abc"));
    EXPECT_TRUE(written);
    auto too_early = co_await with.write(text_buffer("defg"));
    EXPECT_EQ(too_early, fail(v1::http_error::misused));
    written = co_await with.write(text_buffer("def"));
    EXPECT_TRUE(written);
    auto ended = co_await with.end();
    EXPECT_TRUE(ended);
  }};
  EXPECT_EQ(without_date(site.ask(get)), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef");
}

TEST(Server, CutsOffChunksThatDoNotEnd) {
  served site{[](exchange& with) -> task<> {
    auto begun = co_await with.begin(v1::http_response{});
    EXPECT_TRUE(begun);
    auto written = co_await with.write(text_buffer("abc"));
    EXPECT_TRUE(written);
  }};
  EXPECT_EQ(without_date(site.ask(get)),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc[end]");
}

TEST(Server, CutsOffAnAnswerThatIsTooShort) {
  served site{[](exchange& with) -> task<> {
    auto begun = co_await with.begin(v1::http_response{}, 6);
    EXPECT_TRUE(begun);
    auto ended = co_await with.end();
    EXPECT_EQ(ended, fail(v1::http_error::misused));
  }};
  EXPECT_EQ(without_date(site.ask(get)), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n[end]");
}

TEST(Server, SaysSoWhenTheHandlerDoesNotAnswer) {
  served site{[](exchange&) -> task<> { co_return; }};
  EXPECT_TRUE(site.ask(get).starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_EQ(site.counted("http_unanswered_total"), 1);
}

#if MIRAGE_EXCEPTIONS
TEST(Server, SurvivesAHandlerThatThrows) {
  served site{[](exchange& with) -> task<> {
    if (with.request().path() == "/begun") {
      auto begun = co_await with.begin(v1::http_response{});
      EXPECT_TRUE(begun);
    }
    throw std::runtime_error("oh");
    co_return;
  }};
  EXPECT_TRUE(site.ask(get).starts_with("HTTP/1.1 500 "));
  EXPECT_EQ(without_date(site.ask("GET /begun HTTP/1.1\r\nHost: h\r\n\r\n")),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n[end]");
  EXPECT_TRUE(site.ask(get).starts_with("HTTP/1.1 500 "));
}
#endif

TEST(Server, RefusesAnswersThatWouldSplit) {
  served site{[](exchange& with) -> task<> {
    const std::string_view path = with.request().path();
    v1::http_header header{"X-Own", "fine"};
    if (path == "/value") header.value = "a\r\nSet-Cookie: b";
    if (path == "/name") header.name = "a: b\r\nc";
    if (path == "/length") header = {"content-length", "5"};
    if (path == "/coding") header = {"Transfer-Encoding", "chunked"};
    if (path == "/date") header = {"Date", "today"};
    if (path == "/connection") header = {"Connection", "close"};
    v1::http_response answer{.headers = std::span(&header, 1)};
    if (path == "/type") answer.content_type = "text/plain\r\nX: y";
    if (path == "/interim") answer.status = 103;
    if (path == "/status") answer.status = 1000;
    auto sent = co_await with.respond(std::move(answer));
    EXPECT_EQ(sent.has_value(), path == "/");
    if (!sent) {
      EXPECT_EQ(sent.error(), v1::http_error::misused);
      auto instead = co_await with.respond({.status = 503});  // nothing was sent yet
      EXPECT_TRUE(instead);
    }
    auto again = co_await with.respond({});
    EXPECT_EQ(again, fail(v1::http_error::misused));
    auto part = co_await with.write(text_buffer("x"));
    EXPECT_EQ(part, fail(v1::http_error::misused));
    auto end = co_await with.end();
    EXPECT_EQ(end, fail(v1::http_error::misused));
  }};
  EXPECT_EQ(without_date(site.ask(get)), "HTTP/1.1 200 OK\r\nX-Own: fine\r\nContent-Length: 0\r\n\r\n");
  for (std::string_view path :
       {"/value", "/name", "/length", "/coding", "/date", "/connection", "/type", "/interim", "/status"})
    EXPECT_EQ(without_date(site.ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n")),
              "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        << path;
}

TEST(Server, RefusesWhatIsMalformedAndCloses) {
  served site{hello};
  EXPECT_EQ(without_date(site.ask(std::string(get) + "GET / HTTP/1.1\nHost: h\r\n\r\n" + std::string(get))),
            std::string(hello_answer) +
                "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 25\r\nConnection: "
                "close\r\n\r\n"
                "400 Bad Request: bare_lf\n[end]");
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"bare_lf\""), 1);
  EXPECT_TRUE(site.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: "
                       "chunked\r\n\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(
      site.ask("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n").starts_with("HTTP/1.1 501 Not Implemented\r\n"));
  EXPECT_TRUE(site.ask("GET / HTTP/3.0\r\n\r\n").starts_with("HTTP/1.1 505 "));
  EXPECT_EQ(site.counted("http_responses_total", "class=\"4xx\""), 2);
  EXPECT_EQ(site.counted("http_responses_total", "class=\"5xx\""), 2);
}

TEST(Server, RefusesPathsThatNameNothing) {
  served site{hello};
  for (std::string_view path : {"/../etc/passwd", "/%2e%2e/x", "/a%2fb", "/a%00", "//a", "/%zz"})
    EXPECT_TRUE(site.ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n")
                    .starts_with("HTTP/1.1 400 Bad Request\r\n"))
        << path;
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"target_path\""), 6);
}

TEST(Server, RefusesABrokenBody) {
  served site{[](exchange& with) -> task<> {
    auto part = co_await with.read_body();
    EXPECT_EQ(part.error(), v1::http_error::bad_message);
  }};
  EXPECT_TRUE(site.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
                  .starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"chunk_size\""), 1);
}

TEST(Server, RefusesABodyThatIsTooLong) {
  limits small;
  small.body_bytes = 4;
  served site{echo, small};
  EXPECT_TRUE(
      site.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
          .ends_with("[the message is larger than the limit][end]"));
  EXPECT_TRUE(site.ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
                  .starts_with("HTTP/1.1 413 Content Too Large\r\n"));
}

TEST(Server, AnswersForItself) {
  served site{hello};
  EXPECT_EQ(without_date(site.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")),
            "HTTP/1.1 204 No Content\r\n\r\n");
}

// ---- Time ---------------------------------------------------------------------------------------------

TEST(Server, GivesASlowHeadItsTimeAndNoMore) {
  served site{hello};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    co_await sleep_for(60s);
    co_await peer.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 9; ++i) {
      co_await sleep_for(1s);
      co_await peer.send("A: b\r\n");
    }
    const std::string answer = co_await peer.receive(2s);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("[end]")) << answer;
    co_await peer.close();
  };
  site.run(client());
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"head_timeout\""), 1);
}

TEST(Server, ClosesAnIdleConnection) {
  served site{hello};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    std::string answer = co_await peer.ask(get);
    answer = co_await peer.receive(limits{}.idle_time - 3s);
    EXPECT_EQ(answer, "");
    answer = co_await peer.receive(3s);
    EXPECT_EQ(answer, "[end]");
    co_await peer.close();
  };
  site.run(client());
}

TEST(Server, CutsOffAClientThatDoesNotRead) {
  served site{[](exchange& with) -> task<> {
    v1::http_response answer;
    answer.body = buffer::allocate(1024 * 1024);
    auto sent = co_await with.respond(std::move(answer));
    EXPECT_TRUE(sent);
  }};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    co_await peer.send(get);
    co_await sleep_for(limits{}.write_time + 1s);
    const std::string got = co_await peer.receive();
    EXPECT_TRUE(got.ends_with("[reset]"));
    co_await peer.close();
  };
  site.run(client());
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"write_timeout\""), 1);
  EXPECT_EQ(site.counted("http_connections_open"), 0);
}

TEST(Server, CutsOffASlowBody) {
  served site{echo};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    co_await peer.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\nabc");
    const std::string answer = co_await peer.receive(limits{}.body_time + 1s);
    EXPECT_TRUE(answer.ends_with("abc[the peer was too slow][end]")) << answer;
    co_await peer.close();
  };
  site.run(client());
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"body_timeout\""), 1);
}

TEST(Server, SendsLongBodiesToSlowReaders) {
  // Slower than one write may take, but each write has its own time.
  served site{[](exchange& with) -> task<> {
    v1::http_response answer;
    answer.body = buffer::allocate(1024 * 1024);
    auto sent = co_await with.respond(std::move(answer));
    EXPECT_TRUE(sent);
  }};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    co_await peer.send(get);
    std::size_t total = 0;
    for (int i = 0; i < 100 && total < 1024 * 1024; ++i) {
      co_await sleep_for(5s);
      const std::string got = co_await peer.receive(1ms);
      EXPECT_EQ(got.find("[reset]"), std::string::npos);
      total += got.size();
    }
    EXPECT_GT(total, 1024u * 1024u);
    co_await peer.close();
  };
  site.run(client());
}

// ---- The end ------------------------------------------------------------------------------------------

TEST(Server, RefusesConnectionsBeyondItsCap) {
  limits few;
  few.connections = 2;
  served site{hello, few};
  auto client = [&]() -> task<> {
    raw_client first = co_await site.connect();
    raw_client second = co_await site.connect();
    std::string answer = co_await second.ask(get);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
    raw_client third = co_await site.connect();
    answer = co_await third.receive();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("[end]"));
    co_await first.close();
    co_await sleep_for(1s);
    raw_client fourth = co_await site.connect();
    answer = co_await fourth.ask(get);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
    co_await second.close();
    co_await third.close();
    co_await fourth.close();
  };
  site.run(client());
  EXPECT_EQ(site.counted("http_refusals_total", "reason=\"overload\""), 1);
}

TEST(Server, StopsInOrder) {
  event asked;
  served site{[&](exchange& with) -> task<> {
    asked.set();
    co_await sleep_for(2s);
    co_await hello(with);
  }};
  auto client = [&]() -> task<> {
    raw_client idle = co_await site.connect();
    raw_client busy = co_await site.connect();
    co_await busy.send(std::string(get) + std::string(get));
    co_await asked;
    const instant before = os::now();
    co_await site.server.stop();
    // The answer, and the time that the peer has to take it.
    EXPECT_LE(os::now() - before, 2s + limits{}.linger_time + 1ms);
    EXPECT_GE(os::now() - before, 2s);
    std::string answer = co_await idle.receive();
    EXPECT_EQ(answer, "[end]");
    answer = co_await busy.receive();
    EXPECT_EQ(without_date(answer),
              "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: "
              "close\r\n\r\nhello[end]");
    co_await idle.close();
    co_await busy.close();
  };
  site.run(client());
  EXPECT_TRUE(site.ended());
}

TEST(Server, DoesNotWaitForEverWhenItStops) {
  served site{[](exchange&) -> task<> { co_await sleep_for(24h); }};
  auto client = [&]() -> task<> {
    raw_client peer = co_await site.connect();
    co_await peer.send(get);
    co_await sleep_for(1s);
    const instant before = os::now();
    co_await site.server.stop();
    EXPECT_GE(os::now() - before, limits{}.stop_time);
    EXPECT_LT(os::now() - before, limits{}.stop_time + 1ms);
    const std::string answer = co_await peer.receive();
    EXPECT_EQ(answer, "[reset]");
    co_await peer.close();
  };
  site.run(client());
  EXPECT_TRUE(site.ended());
}

TEST(Server, SaysWhenThePortIsTaken) {
  mirage::test::virtual_node node;
  memory::subnet subnet;
  memory::stack stack{subnet, {server_address}};
  http_server<memory::stack> first{"first", stack};
  http_server<memory::stack> second{"second", stack};
  auto client = [&]() -> task<> {
    scope running;
    auto started = running.spawn("first", [&]() -> task<> {
      auto ended = co_await first.serve({{}, port}, hello);
      EXPECT_TRUE(ended);
    });
    EXPECT_TRUE(started);
    co_await yield();
    co_await yield();
    auto served = co_await second.serve({{}, port}, hello);
    EXPECT_EQ(served, fail(v1::listen_error::in_use));
  };
  node.run(client());
}

TEST(Server, IsCancelledWithItsConnections) {
  mirage::test::virtual_node node;
  memory::subnet subnet;
  memory::stack stack{subnet, {server_address}};
  http_server<memory::stack> server{"other", stack};
  auto client = [&]() -> task<> {
    auto serve = [&]() -> task<> {
      auto ended = co_await server.serve({{}, port}, [](exchange&) -> task<> { co_await sleep_for(24h); });
      EXPECT_FALSE(ended);
    };
    auto connect = [&]() -> task<> {
      auto flow = co_await stack.tcp().connect({server_address, port});
      EXPECT_TRUE(flow);
      raw_client peer{*std::move(flow)};
      const std::string answer = co_await peer.ask(get);
      EXPECT_EQ(answer, "");
    };
    scope running;
    auto started = running.spawn("server", serve());
    EXPECT_TRUE(started);
    co_await yield();
    co_await connect();
    running.cancel();
    EXPECT_EQ(running.size(), 0u);
  };
  node.run(client());
}

}  // namespace
}  // namespace mirage::http
