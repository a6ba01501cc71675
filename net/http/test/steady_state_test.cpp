// SPDX-License-Identifier: ISC
// The server in its steady state: no heap allocation, and no growth of the pools of frames and buffers, over
// every kind of request and over new connections. Every `operator new` of this program is counted.
#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "mirage/core/event.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/http/file_handler.hpp"
#include "mirage/http/server.hpp"
#include "mirage/memory/kv.hpp"
#include "mirage/test/allocations.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::http {
namespace {

using namespace std::string_view_literals;

/// A client that takes no memory: it sends literals and keeps what it is sent.
class quiet_client {
 public:
  task<result<buffer, v1::flow_error>> read() {
    while (input_.empty() && !ended_) {
      arrived_.reset();
      co_await arrived_;
    }
    co_return buffer::from_static(as_bytes(std::exchange(input_, {})));
  }
  task<result<void, v1::flow_error>> write(buffer_list parts) {
    for (const buffer& part : parts)
      for (char c : part.text())
        if (size_ < output_.size()) output_[size_++] = c;
    co_return result<void, v1::flow_error>{};
  }

  void send(std::string_view text) {
    input_ = text;
    arrived_.set();
  }
  void end() {
    ended_ = true;
    arrived_.set();
  }
  [[nodiscard]] std::string_view take_output() { return {output_.data(), std::exchange(size_, 0)}; }

 private:
  std::string_view input_;
  std::array<char, 64 * 1024> output_{};
  std::size_t size_ = 0;
  event arrived_;
  bool ended_ = false;
};

/// The server's flow from and to such a client.
struct quiet_flow {
  quiet_client* client;
  task<result<buffer, v1::flow_error>> read() { return client->read(); }
  task<result<void, v1::flow_error>> write(buffer_list parts) { return client->write(std::move(parts)); }
  task<result<void, v1::flow_error>> write(buffer part) {
    buffer_list parts;
    parts.push_back(std::move(part));
    return write(std::move(parts));
  }
  task<> shutdown() { co_return; }
  task<> close() { co_return; }
};

class plain_server : public server_base {
 public:
  using server_base::server_base;
};

constexpr std::array<char, 2000> page{};

const std::array assets{memory::kv_asset{"page",
                                         {.identity = std::as_bytes(std::span(page)),
                                          .gzip = as_bytes("short"),
                                          .content_type = "text/html",
                                          .etag = "\"tag\"",
                                          .last_modified = wall_time{784111777s}}}};

/// Reads the body, and answers with a stream of it.
task<> echo(exchange& with) {
  auto begun = co_await with.begin(v1::http_response{.content_type = "text/plain"});
  EXPECT_TRUE(begun);
  while (true) {
    auto part = co_await with.read_body();
    EXPECT_TRUE(part);
    if (!part || part->empty()) break;
    auto written = co_await with.write(*std::move(part));
    EXPECT_TRUE(written);
  }
  auto ended = co_await with.end();
  EXPECT_TRUE(ended);
}

class SteadyState : public testing::Test {
 protected:
  struct dispatch {
    file_handler& files;
    task<> operator()(exchange& with) { return with.request().path() == "/echo" ? echo(with) : files(with); }
  };

  /// What one round of `work` takes, after it has been done often enough for the pools to be full.
  template <class Work>
  void expect_nothing_taken(Work work) {
    for (int i = 0; i < 100; ++i) work();
    const std::size_t allocated = test::allocations();
    const std::uint64_t frames = node_.frames.growths();
    const std::uint64_t buffers = node_.buffers.growths();
    for (int i = 0; i < 1000; ++i) work();
    EXPECT_EQ(test::allocations() - allocated, 0u);
    EXPECT_EQ(node_.frames.growths() - frames, 0u);
    EXPECT_EQ(node_.buffers.growths() - buffers, 0u);
  }

  /// Asks on one connection again and again.
  void ask(std::string_view request, std::string_view start, std::size_t least) {
    service port{server_, handler_};
    quiet_client peer;
    scope running;
    ASSERT_TRUE(running.spawn("connection", serve(port, quiet_flow{&peer})));
    node_.settle();
    expect_nothing_taken([&] {
      peer.send(request);
      node_.settle();
      const std::string_view answer = peer.take_output();
      ASSERT_TRUE(answer.starts_with(start)) << answer;
      ASSERT_GE(answer.size(), least) << answer;
    });
    peer.end();
    node_.settle();
    EXPECT_EQ(running.size(), 0u);
  }

  mirage::test::virtual_node node_;
  memory::kv_assets store_{assets};
  file_handler files_{store_};
  dispatch dispatch_{files_};
  handler_reference handler_{&dispatch_, [](void* object, exchange& with) -> task<> {
                               return (*static_cast<dispatch*>(object))(with);
                             }};
  plain_server server_{"http", {}};
};

TEST_F(SteadyState, Get) { ask("GET /page HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 ", 2000); }

TEST_F(SteadyState, GetCompressed) {
  ask("GET /page HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 ", 100);
}

TEST_F(SteadyState, GetOfAnEncodedPath) {
  ask("GET /%70age HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 ", 2000);
}

TEST_F(SteadyState, GetOfNothing) { ask("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 404 ", 100); }

TEST_F(SteadyState, Head) { ask("HEAD /page HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 200 ", 100); }

TEST_F(SteadyState, NotModified) {
  ask("GET /page HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"tag\"\r\n\r\n", "HTTP/1.1 304 ", 50);
}

TEST_F(SteadyState, Range) {
  ask("GET /page HTTP/1.1\r\nHost: h\r\nRange: bytes=10-1000\r\n\r\n", "HTTP/1.1 206 ", 991);
}

TEST_F(SteadyState, SeveralRanges) {
  ask("GET /page HTTP/1.1\r\nHost: h\r\nRange: bytes=10-500,700-800,-5\r\n\r\n", "HTTP/1.1 206 ", 600);
}

TEST_F(SteadyState, Pipelined) {
  static constexpr auto one = "GET /page HTTP/1.1\r\nHost: h\r\n\r\n"sv;
  static constexpr auto many = [] {
    std::array<char, 10 * one.size()> text{};
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = one[i % one.size()];
    return text;
  }();
  ask({many.data(), many.size()}, "HTTP/1.1 200 ", 20'000);
}

TEST_F(SteadyState, ChunkedBothWays) {
  ask("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n "
      "world\r\n0\r\n\r\n",
      "HTTP/1.1 200 ", 100);
}

TEST_F(SteadyState, HeadInPieces) {
  service port{server_, handler_};
  quiet_client peer;
  scope running;
  ASSERT_TRUE(running.spawn("connection", serve(port, quiet_flow{&peer})));
  expect_nothing_taken([&] {
    for (std::string_view piece : {"GET /pa"sv, "ge HTTP/1.1\r\nHo"sv, "st: h\r\n\r"sv, "\n"sv}) {
      node_.settle();
      peer.send(piece);
    }
    node_.settle();
    ASSERT_TRUE(peer.take_output().starts_with("HTTP/1.1 200 "));
  });
}

TEST_F(SteadyState, NewConnections) {
  service port{server_, handler_};
  auto peer = std::make_unique<quiet_client>();
  expect_nothing_taken([&] {
    std::destroy_at(peer.get());
    std::construct_at(peer.get());
    scope running;
    ASSERT_TRUE(running.spawn("connection", serve(port, quiet_flow{peer.get()})));
    peer->send("GET /page HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    node_.settle();
    ASSERT_TRUE(peer->take_output().starts_with("HTTP/1.1 200 "));
    ASSERT_EQ(running.size(), 0u);
  });
}

TEST_F(SteadyState, RefusedRequests) {
  service port{server_, handler_};
  auto peer = std::make_unique<quiet_client>();
  expect_nothing_taken([&] {
    std::destroy_at(peer.get());
    std::construct_at(peer.get());
    scope running;
    ASSERT_TRUE(running.spawn("connection", serve(port, quiet_flow{peer.get()})));
    peer->send("GET /page HTTP/1.1\nHost: h\r\n\r\n");
    node_.settle();
    ASSERT_TRUE(peer->take_output().starts_with("HTTP/1.1 400 "));
    peer->end();
    node_.settle();
    ASSERT_EQ(running.size(), 0u);
  });
}

}  // namespace
}  // namespace mirage::http
