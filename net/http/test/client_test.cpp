// SPDX-License-Identifier: ISC
// The client over a stack in memory: against our own server, and against one that says what the test wants.
#include "mirage/http/client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mirage/memory/resolver.hpp"
#include "raw_client.hpp"

namespace mirage::http {
namespace {

using namespace test;
using namespace std::string_view_literals;

using tested_client = http_client<memory::stack, memory::resolver>;
static_assert(v1::http_client<tested_client>);

task<std::string> read_all(client_response& response) {
  std::string all;
  while (true) {
    auto part = co_await response.read_body();
    if (!part) co_return all + "[" + std::string(describe(part.error())) + "]";
    if (part->empty()) co_return all;
    all += part->text();
  }
}

/// A client and a listener that answers each connection with what the test scripted for it, whatever it is
/// asked; a script "" answers nothing more and ends.
class scripted {
 public:
  explicit scripted(std::vector<std::vector<std::string>> connections, const client_options& options = {})
      : scripts_(std::move(connections)), client("http_client", client_stack_, resolver_, options) {
    const auto started = running_.spawn("scripted", serve());
    EXPECT_TRUE(started);
    node.settle();
  }

  /// The status and body of the response, or the error in words.
  std::string fetch(v1::http_call call) { return node.run(fetch_once(std::move(call))); }
  std::string get(std::string_view uri = "http://server/") { return fetch({.uri = uri}); }

  task<std::string> fetch_once(v1::http_call call) {
    auto response = co_await client.request(std::move(call));
    if (!response) co_return std::string(describe(response.error()));
    const std::string body = co_await read_all(*response);
    co_return std::to_string(response->status()) + " " + body;
  }

  mirage::test::virtual_node node;
  std::vector<std::string> received;  // by each connection

 private:
  task<> serve() {
    auto listener = server_stack_.tcp().listen({{}, port});
    EXPECT_TRUE(listener);
    for (std::size_t i = 0; i < scripts_.size(); ++i) {
      auto flow = co_await listener->accept();
      EXPECT_TRUE(flow);
      received.emplace_back();
      const auto started = running_.spawn("connection", play(*std::move(flow), i));
      EXPECT_TRUE(started);
    }
  }
  task<> play(memory::flow flow, std::size_t index) {
    for (const std::string& answer : scripts_[index]) {
      auto asked = co_await flow.read();
      if (!asked || asked->empty()) co_return;
      received[index] += asked->text();
      // What follows at once belongs to the same request.
      auto more = co_await with_timeout(1ms, flow.read());
      if (more && *more) received[index] += (*more)->text();
      if (answer.empty()) break;
      auto written = co_await flow.write(text_buffer(answer));
      EXPECT_TRUE(written);
    }
    co_await flow.shutdown();
    co_await sleep_for(1h);
  }

  std::vector<std::vector<std::string>> scripts_;
  memory::subnet subnet_;
  memory::stack server_stack_{subnet_, {server_address}, "server_stack"};
  memory::stack client_stack_{subnet_, {client_address}, "client_stack"};
  memory::resolver resolver_{{"server", server_address}, {"nowhere", *ip_address::parse("10.9.9.9")}};

 public:
  tested_client client;

 private:
  scope running_;
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST(Client, Asks) {
  scripted net{{{ok}}};
  EXPECT_EQ(net.get("http://server/a/b?c=d#e"), "200 hello");
  EXPECT_EQ(net.received[0], "GET /a/b?c=d HTTP/1.1\r\nHost: server\r\n\r\n");
}

TEST(Client, SendsFieldsAndABody) {
  scripted net{{{ok}}};
  const v1::http_header headers[] = {{"X-Own", "yes"}, {"Content-Type", "text/plain"}};
  v1::http_call call{.method = "POST", .uri = "http://SERVER:80", .headers = headers};
  call.body = text_buffer("the body");
  EXPECT_EQ(net.fetch(std::move(call)), "200 hello");
  EXPECT_EQ(
      net.received[0],
      "POST / HTTP/1.1\r\nHost: SERVER\r\nX-Own: yes\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\n"
      "the body");
}

// RFC 9110 §8.6.
TEST(Client, SaysWhenAMethodThatUsuallyHasContentHasNone) {
  scripted net{{{ok}}};
  EXPECT_EQ(net.fetch({.method = "PUT", .uri = "http://server/?"}), "200 hello");
  EXPECT_EQ(net.received[0], "PUT /? HTTP/1.1\r\nHost: server\r\nContent-Length: 0\r\n\r\n");
}

TEST(Client, ShowsTheResponse) {
  scripted net{
      {{"HTTP/1.1 404 Nope\r\nA: b\r\nSet-Cookie: 1\r\nset-cookie: 2\r\nContent-Length: 0\r\n\r\n"}}};
  auto ask = [&]() -> task<> {
    v1::http_call call{.uri = "http://server/"};
    auto response = co_await net.client.request(std::move(call));
    EXPECT_TRUE(response);
    EXPECT_EQ(response->status(), 404u);
    EXPECT_EQ(response->header("a"), "b");
    EXPECT_EQ(response->header("SET-COOKIE"), "1");
    EXPECT_EQ(response->header("missing"), std::nullopt);
    EXPECT_EQ(response->headers().size(), 4u);
    EXPECT_EQ(response->headers()[2].value, "2");
    const std::string body = co_await read_all(*response);
    EXPECT_EQ(body, "");
  };
  net.node.run(ask());
}

// RFC 9112 §9.3.
TEST(Client, KeepsConnections) {
  scripted net{{{ok, ok, ok}}};
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.get("http://Server/"), "200 hello");
  EXPECT_EQ(net.received.size(), 1u);
}

TEST(Client, DoesNotKeepWhatCannotBeKept) {
  const std::vector<std::string> answers{
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",  // the server said so
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n",    // something came behind it
      "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\n\r\nhello",  // up to the end of the connection
  };
  for (const std::string& answer : answers) {
    const bool ends = answer.find("Content-Length") == std::string::npos;
    scripted net{{ends ? std::vector{answer} : std::vector{answer, std::string()}, {ok}}};
    EXPECT_EQ(net.get(), "200 hello") << answer;
    EXPECT_EQ(net.get(), "200 hello") << answer;
    EXPECT_EQ(net.received.size(), 2u) << answer;
  }
}

TEST(Client, ForgetsConnectionsAfterAWhile) {
  scripted net{{{ok, ok}, {ok}}};
  EXPECT_EQ(net.get(), "200 hello");
  net.node.advance(61s);
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.received.size(), 2u);
}

TEST(Client, EndsAConnectionWhoseBodyNobodyRead) {
  scripted net{{{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello"}, {ok}}};
  auto ask = [&]() -> task<> {
    v1::http_call call{.uri = "http://server/"};
    auto response = co_await net.client.request(std::move(call));
    EXPECT_TRUE(response);
  };
  net.node.run(ask());
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.received.size(), 2u);
}

// RFC 9112 §9.3.1.
TEST(Client, AsksAgainWhenAKeptConnectionHadEnded) {
  scripted net{{{ok, ""}, {ok}}};
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.received.size(), 2u);
}

TEST(Client, DoesNotAskAgainWhatMayHaveBeenDone) {
  scripted net{{{ok, ""}, {ok}}};
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.fetch({.method = "POST", .uri = "http://server/"}),
            "the connection ended before the message did");
  EXPECT_EQ(net.received.size(), 1u);
}

TEST(Client, DoesNotAskTwiceOnANewConnection) {
  scripted net{{{""}, {ok}}};
  EXPECT_EQ(net.get(), "the connection ended before the message did");
}

// RFC 9112 §6.3, RFC 9110 §15.2.
TEST(Client, ReadsBodiesOfEachFraming) {
  scripted net{{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: x\r\n\r\n",
                 "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + ok,
                 "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\nuntil the end"}}};
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.get(), "204 ");
  EXPECT_EQ(net.get(), "304 ");
  EXPECT_EQ(net.fetch({.method = "HEAD", .uri = "http://server/"}), "200 ");
  EXPECT_EQ(net.get(), "200 until the end");
  EXPECT_EQ(net.received.size(), 1u);
}

TEST(Client, NoticesABodyThatIsCutShort) {
  scripted net{{{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"}}};
  EXPECT_EQ(net.get(), "200 hello[the connection ended before the message did]");
}

TEST(Client, RefusesMalformedResponses) {
  for (std::string_view answer :
       {"HTTP/1.1 200 OK\nA: b\n\n"sv, "SMTP ready when you are\r\n\r\n"sv,
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"sv,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"sv}) {
    scripted net{{{std::string(answer)}}};
    EXPECT_EQ(net.get(), "the peer sent a malformed message") << answer;
  }
}

TEST(Client, BoundsTheResponse) {
  client_options small;
  small.bounds.head_bytes = 100;
  small.bounds.body_bytes = 4;
  scripted net{{{"HTTP/1.1 200 OK\r\nA: " + std::string(200, 'b') + "\r\n\r\n"}, {ok}}, small};
  EXPECT_EQ(net.get(), "the message is larger than the limit");
  EXPECT_EQ(net.get(), "the message is larger than the limit");
}

TEST(Client, DoesNotWaitForEver) {
  scripted silent{{{"HTTP/1.1 "}}};
  const instant before = silent.node.time();
  EXPECT_EQ(silent.get(), "the connection ended before the message did");
  EXPECT_LT(silent.node.time() - before, 1s);
}

TEST(Client, GivesUpOnASilentServer) {
  served site{[](exchange&) -> task<> { co_await sleep_for(1h); }};
  memory::subnet subnet;
  memory::stack server_stack{subnet, {server_address}};
  memory::stack client_stack{subnet, {client_address}};
  memory::resolver resolver{{"server", server_address}};
  tested_client client{"http_client", client_stack, resolver};
  auto ask = [&]() -> task<> {
    auto listener = server_stack.tcp().listen({{}, port});
    const instant before = os::now();
    v1::http_call call{.uri = "http://server/"};
    auto response = co_await client.request(std::move(call));
    EXPECT_EQ(response.error(), v1::http_error::timed_out);
    EXPECT_GE(os::now() - before, 30s);
    EXPECT_LT(os::now() - before, 31s);
  };
  site.run(ask());
}

TEST(Client, SaysWhatItCannotReach) {
  scripted net{{}};
  EXPECT_EQ(net.get("http://unknown/"), "the server cannot be reached");
  EXPECT_EQ(net.get("http://nowhere/"), "the server cannot be reached");
  EXPECT_EQ(net.get("http://server:81/"), "the server cannot be reached");
  EXPECT_EQ(net.get("https://server/"), "the scheme is not supported");
  EXPECT_EQ(net.get("server"), "this is not a URI of a kind that is supported");
  EXPECT_EQ(net.get("http://user@server/"), "this is not a URI of a kind that is supported");
}

TEST(Client, RefusesCallsThatWouldSplit) {
  scripted net{{}};
  auto error = [&](v1::http_header header, std::string_view method = "GET") {
    return net.fetch({.method = method, .uri = "http://server/", .headers = std::span(&header, 1)});
  };
  const std::string misused(describe(v1::http_error::misused));
  EXPECT_EQ(error({"X", "a\r\nY: b"}), misused);
  EXPECT_EQ(error({"X: a\r\nY", "b"}), misused);
  EXPECT_EQ(error({"Host", "other"}), misused);
  EXPECT_EQ(error({"content-length", "5"}), misused);
  EXPECT_EQ(error({"X", "fine"}, "GET / HTTP/1.1\r\nX: y"), misused);
}

TEST(Client, ClosesItsConnectionsWhenItStops) {
  scripted net{{{ok, ok}, {ok}}};
  EXPECT_EQ(net.get(), "200 hello");
  net.node.run(net.client.stop());
  EXPECT_EQ(net.get(), "200 hello");
  EXPECT_EQ(net.received.size(), 2u);
}

TEST(Client, TalksToOurServer) {
  served site{[](exchange& with) -> task<> {
    std::string body;
    while (true) {
      auto part = co_await with.read_body();
      EXPECT_TRUE(part);
      if (!part || part->empty()) break;
      body += part->text();
    }
    auto begun = co_await with.begin(v1::http_response{.status = 201});
    EXPECT_TRUE(begun);
    for (int i = 0; i < 3; ++i) {
      auto written = co_await with.write(text_buffer(body));
      EXPECT_TRUE(written);
    }
    auto ended = co_await with.end();
    EXPECT_TRUE(ended);
  }};
  memory::resolver resolver{{"server", server_address}};
  tested_client client{"http_client", site.client_stack(), resolver};
  auto ask = [&]() -> task<> {
    for (int i = 0; i < 3; ++i) {
      v1::http_call call{.method = "POST", .uri = "http://server/x"};
      call.body = text_buffer(std::string(100'000, 'a'));
      auto response = co_await client.request(std::move(call));
      EXPECT_TRUE(response);
      if (!response) co_return;
      EXPECT_EQ(response->status(), 201u);
      const std::string body = co_await read_all(*response);
      EXPECT_EQ(body, std::string(300'000, 'a'));
    }
    co_await client.stop();
  };
  site.run(ask());
  EXPECT_EQ(site.counted("http_connections_total"), 1);
}

}  // namespace
}  // namespace mirage::http
