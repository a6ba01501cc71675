// SPDX-License-Identifier: ISC
// The HTTP/1.1 client over any stack, RFC 9110 and RFC 9112.
//
//   http_client<socket_stack, system_resolver> http{"http_client", stack, resolver};
//   auto response = co_await http.request({.uri = "http://example.org/"});
//
// Not implemented: https, proxies, redirects, sending in chunks, Expect, trailer fields (they are checked and
// dropped), content codings (the body comes as it was sent).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/happy_eyeballs.hpp"
#include "mirage/http/body_reader.hpp"
#include "mirage/http/interruptible.hpp"
#include "mirage/http/request_target.hpp"
#include "mirage/http/response_parser.hpp"
#include "mirage/http/stream.hpp"
#include "mirage/v1.hpp"

namespace mirage::http {

struct client_options {
  /// Bounds of a response. The body is handed out as it comes, so its length needs none.
  limits bounds = {.body_bytes = UINT64_MAX};
  duration connect_time = 10s;   ///< for one address to answer; the next is tried beside it before (RFC 8305)
  duration write_time = 30s;     ///< for one write of the request
  duration response_time = 30s;  ///< from the end of the request to the head of the response
  duration body_time = 30s;      ///< between two reads of the body
  std::size_t kept = 8;          ///< idle connections that are kept; 0: none
  duration kept_time = 60s;      ///< and for how long
};

/// A flow of any type that belongs to the client.
class client_stream {
 public:
  virtual ~client_stream() = default;
  [[nodiscard]] virtual stream& as_stream() noexcept = 0;
};

class client_base;

/// One connection to a server.
class client_connection {
 public:
  client_connection(std::unique_ptr<client_stream> flow, const client_options& options, std::string_view host,
                    std::uint16_t port);

  using error = v1::http_error;
  /// Writes a request.
  task<bool> send(buffer_list parts);
  /// Waits for the head of the response to a request with this method.
  task<result<void, error>> receive_head(method asked);
  task<result<buffer, error>> receive_body();

  [[nodiscard]] const response_head& head() const noexcept { return parser_.head(); }
  [[nodiscard]] buffer head_memory() const noexcept { return head_memory_.share(); }
  [[nodiscard]] bool body_done() const noexcept { return body_.done(); }
  /// Whether nothing of a response has come yet.
  [[nodiscard]] bool untouched() const noexcept { return !touched_; }
  /// Whether another request can follow: the response is over, and nothing came behind it.
  [[nodiscard]] bool reusable() const noexcept;
  [[nodiscard]] bool is_to(std::string_view host, std::uint16_t port) const noexcept;
  task<> close() { return flow_->as_stream().close(); }

  instant kept_since{};

 private:
  task<result<void, error>> receive(duration limit);

  std::unique_ptr<client_stream> flow_;
  const client_options& options_;
  std::string host_;
  std::uint16_t port_;
  interruptible wait_;
  response_parser parser_;
  body_reader body_;
  buffer input_;
  buffer head_memory_;
  bool touched_ = false;
  bool ended_ = false;
};

/// `v1::http_reply`. It holds its connection until the body has been read to the end. The client must outlive
/// it.
class client_response {
 public:
  client_response(client_response&&) noexcept = default;
  client_response& operator=(client_response&&) noexcept = default;

  [[nodiscard]] unsigned status() const noexcept { return status_; }
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
  [[nodiscard]] std::span<const v1::http_header> headers() const noexcept { return headers_; }
  task<result<buffer, v1::http_error>> read_body();

 private:
  friend class client_base;
  client_response(client_base& client, std::unique_ptr<client_connection> on);

  client_base* client_;
  std::unique_ptr<client_connection> connection_;  // null once the body is over
  buffer head_memory_;
  std::vector<v1::http_header> headers_;
  unsigned status_;
  std::optional<v1::http_error> failed_;
};

/// What clients over all stacks share.
class client_base {
 public:
  client_base(std::string_view name, const client_options& options) noexcept;
  client_base(const client_base&) = delete;
  client_base& operator=(const client_base&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<client_response, v1::http_error>> request(v1::http_call call);
  /// Closes the connections that are kept.
  task<> stop();

 protected:
  using connected = result<std::unique_ptr<client_stream>, v1::http_error>;
  virtual task<connected> connect(std::string_view host, std::uint16_t port) = 0;
  ~client_base() = default;
  [[nodiscard]] const client_options& options() const noexcept { return options_; }

 private:
  friend class client_response;
  using connection_pointer = std::unique_ptr<client_connection>;
  task<result<connection_pointer, v1::http_error>> open(const uri& to);
  task<result<void, v1::http_error>> exchange(client_connection& on, const v1::http_call& call, buffer head);
  [[nodiscard]] connection_pointer take_kept(const uri& to);
  void keep(connection_pointer connection);

  std::string_view name_;
  client_options options_;
  std::vector<connection_pointer> kept_;
  metric_label device_{"device", name_};
  counter requests_{device_, "http_client_requests_total", "Requests that were sent"};
  counter connections_{device_, "http_client_connections_total", "Connections that were opened"};
  counter failures_{device_, "http_client_failures_total", "Requests without a response"};
  counter retries_{device_, "http_client_retries_total",
                   "Requests sent again because a kept connection had ended"};
};

}  // namespace mirage::http

namespace mirage {

/// `v1::http_client`. Stack, resolver and name must outlive it.
template <v1::stack Stack, v1::resolver Resolver>
class http_client : public http::client_base {
 public:
  using response = http::client_response;

  explicit http_client(std::string_view name, Stack& stack, Resolver& resolver,
                       const http::client_options& options = {}) noexcept
      : client_base(name, options), stack_(stack), resolver_(resolver) {}

 private:
  using flow = typename Stack::flow;

  class owned_stream final : public http::client_stream {
   public:
    explicit owned_stream(flow connected) noexcept : flow_(std::move(connected)) {}
    [[nodiscard]] http::stream& as_stream() noexcept override { return stream_; }

   private:
    flow flow_;
    http::stream_over<flow> stream_{flow_};
  };

  task<connected> connect(std::string_view host, std::uint16_t port) override {
    const happy_eyeballs_options how{.attempt_time = options().connect_time};
    auto made = co_await connect_by_name(stack_, resolver_, host, port, how);
    if (!made) co_return fail(v1::http_error::not_reached);
    co_return std::make_unique<owned_stream>(*std::move(made));
  }

  Stack& stack_;
  Resolver& resolver_;
};

}  // namespace mirage
