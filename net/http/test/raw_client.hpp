// SPDX-License-Identifier: ISC
// A server on a stack in memory, under virtual time, and a client that sends what a test wants, byte by byte
// if need be, and shows what comes back.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/http.hpp"
#include "mirage/memory/stack.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage::http::test {

inline const ip_address server_address = *ip_address::parse("10.0.0.1");
inline const ip_address client_address = *ip_address::parse("10.0.0.2");
inline constexpr std::uint16_t port = 80;

inline buffer text_buffer(std::string_view text) { return buffer::copy_of(as_bytes(text)); }

/// One connection to the server.
class raw_client {
 public:
  explicit raw_client(memory::flow flow) : flow_(std::move(flow)) {}

  task<> send(std::string_view text) {
    auto written = co_await flow_.write(text_buffer(text));
    EXPECT_TRUE(written || written.error() == v1::flow_error::reset) << describe(written.error());
  }
  /// The end of what this client sends.
  task<> end() { return flow_.shutdown(); }
  task<> close() { return flow_.close(); }

  /// Everything that comes within a second, with "[end]" where the server ended and "[reset]" where it cut
  /// off.
  task<std::string> receive(duration within = 1s) {
    std::string all;
    const instant until = later(os::now(), within);
    while (true) {
      auto part = co_await with_timeout(until - os::now(), flow_.read());
      if (!part) co_return all;
      if (!*part) co_return all + "[reset]";
      if ((*part)->empty()) co_return all + "[end]";
      all += (*part)->text();
    }
  }
  task<std::string> ask(std::string_view text) {
    co_await send(text);
    co_return co_await receive();
  }

 private:
  memory::flow flow_;
};

/// A server, its port open while the fixture lives.
class served {
 public:
  using handler = std::function<task<>(exchange&)>;

  explicit served(handler what, const limits& bounds = {})
      : server("http", server_stack_, bounds), handler_(std::move(what)) {
    const auto started = running_.spawn("server", serve());
    EXPECT_TRUE(started);
    node.settle();
  }

  /// Runs a test's client to its end.
  void run(task<> client) {
    node.run(std::move(client));
    node.settle();
  }

  task<raw_client> connect() {
    auto flow = co_await client_stack_.tcp().connect({server_address, port});
    EXPECT_TRUE(flow) << describe(flow.error());
    co_return raw_client{*std::move(flow)};
  }
  /// One request on a connection of its own, and everything that comes back.
  std::string ask(std::string_view text) { return node.run(ask_once(text)); }

  [[nodiscard]] memory::stack& client_stack() { return client_stack_; }

  /// The value of a counter, or -1.
  std::int64_t counted(std::string_view name, std::string_view label = {}) {
    std::string text;
    {
      text_stream out{[&](std::string_view chunk) noexcept { text += chunk; }};
      node.counters.write_prometheus(out);
    }
    std::string wanted = std::string(name) + "{device=\"http\"";
    if (!label.empty()) wanted += "," + std::string(label);
    const std::size_t at = text.find(wanted + "} ");
    if (at == std::string::npos) return -1;
    return std::stoll(text.substr(at + wanted.size() + 2));
  }

  mirage::test::virtual_node node;

 private:
  task<> serve() {
    auto ended = co_await server.serve({{}, port}, [this](exchange& with) { return handler_(with); });
    EXPECT_TRUE(ended) << describe(ended.error());
    ended_ = true;
  }
  task<std::string> ask_once(std::string_view text) {
    raw_client client = co_await connect();
    std::string answer = co_await client.ask(text);
    co_await client.close();
    co_return answer;
  }

  memory::subnet subnet_;
  memory::stack server_stack_{subnet_, {server_address}, "server_stack", {.backlog = 64}};
  memory::stack client_stack_{subnet_, {client_address}, "client_stack"};

 public:
  http_server<memory::stack> server;
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  handler handler_;
  bool ended_ = false;
  scope running_;
};

/// Without the Date line, which changes.
inline std::string without_date(std::string text) {
  for (std::size_t at = text.find("Date: "); at != std::string::npos; at = text.find("Date: ", at))
    text.erase(at, text.find("\r\n", at) + 2 - at);
  return text;
}

}  // namespace mirage::http::test
