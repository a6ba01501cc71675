// SPDX-License-Identifier: ISC
// The server's side of one connection, without I/O, clock or memory of its own: what to do next, which
// requests there are, how a response is framed, when the connection ends and when a slow client has had its
// time (RFC 9112 §6 and §9, RFC 9110 §10.1.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/time.hpp"
#include "mirage/http/body_reader.hpp"
#include "mirage/http/request_parser.hpp"

namespace mirage::http {

/// How a response is to be sent.
struct response_plan {
  http::framing framing = http::framing::none;  ///< of what is sent; `until_close` only to an HTTP/1.0 client
  bool content_length = false;                  ///< whether the Content-Length field is to be there
  bool close = false;                           ///< whether the connection ends behind it
  std::string_view connection;                  ///< the whole Connection line with its CRLF, or ""
};

class server_core {
 public:
  /// `bounds` must outlive the core. The connection is idle, and has had so many requests; at first none.
  server_core(const limits& bounds, instant now, std::uint32_t requests = 0) noexcept;

  enum class need : std::uint8_t {
    input,    ///< more bytes, before `deadline()`; what was answered so far must be written first
    request,  ///< nothing: `head()` is a request, answer it
    refusal,  ///< an answer with `status_of(reason())` and the end of the connection
    close,    ///< the orderly end of the connection
  };

  /// To be called when a connection is new, when a response is complete, and when bytes, the end of input or
  /// the deadline have come. `unread` is all that was received and not consumed; `consumed()` says how much
  /// of its front has been used up. The views of `head()` point into it, so that it must stay in
  /// place until the response is complete.
  [[nodiscard]] need next(cbytes unread, instant now) noexcept;
  [[nodiscard]] std::size_t consumed() const noexcept { return consumed_; }

  /// The peer will send no more. What it has sent is still answered.
  void end_of_input() noexcept { input_ended_ = true; }
  /// When waiting has to end; `never` while a response is being made. Whoever waits calls `timeout()`.
  [[nodiscard]] instant deadline() const noexcept { return deadline_; }
  void timeout() noexcept { timed_out_ = true; }
  /// No further request: the connection ends after the response that is being made, or at once.
  void stop() noexcept { stopping_ = true; }

  [[nodiscard]] const request_head& head() const noexcept { return parser_.head(); }
  [[nodiscard]] refusal reason() const noexcept { return reason_; }

  /// The next piece of the request's body, from the front of what is unread. On `incomplete`: more input,
  /// before `deadline()`. On `refused`: if no response was begun, one with `status_of(reason)`.
  [[nodiscard]] body_step read_body(cbytes unread, instant now) noexcept;
  [[nodiscard]] bool body_done() const noexcept { return body_.done(); }
  /// Whether "100 Continue" is to be sent before the body is waited for; true at most once a request, and no
  /// more once the final response has been begun.
  [[nodiscard]] bool take_continue() noexcept;

  /// Begins the response: how it is framed. `length` is that of the content, where it is known beforehand.
  [[nodiscard]] response_plan respond(status code, std::optional<std::uint64_t> length) noexcept;
  /// The response is complete. `whole` false: its body ended too early, so the connection has to.
  void response_done(bool whole = true) noexcept;
  /// Whether so many responses are waiting that they must be written before the next request.
  [[nodiscard]] bool must_write() const noexcept { return unwritten_ >= limits_->pipelined; }
  void written() noexcept { unwritten_ = 0; }

  /// Whether every request was answered and no other one has begun: then a new core can go on from
  /// `requests()`, and this one is not needed until bytes come.
  [[nodiscard]] bool idle() const noexcept { return phase_ == phase::idle; }
  [[nodiscard]] std::uint32_t requests() const noexcept { return requests_; }

 private:
  enum class phase : std::uint8_t { idle, head, responding, draining, ended };
  [[nodiscard]] need refuse(refusal reason) noexcept;
  [[nodiscard]] need waiting(phase what, instant until) noexcept;
  [[nodiscard]] std::optional<need> drain(cbytes& unread, instant now) noexcept;
  [[nodiscard]] bool must_close() const noexcept;
  void body_progress(std::size_t bytes, instant now) noexcept;

  const limits* limits_;
  request_parser parser_;
  body_reader body_;
  instant deadline_;
  instant since_;                 // when the head or the body began
  std::uint64_t body_bytes_ = 0;  // of the request on the wire, so far
  std::uint64_t drained_ = 0;
  std::size_t consumed_ = 0;
  std::uint32_t requests_;
  std::uint32_t unwritten_ = 0;
  phase phase_ = phase::idle;
  refusal reason_ = refusal::none;
  bool awaits_continue_ = false;
  bool response_begun_ = false;
  bool close_ = false;
  bool input_ended_ = false;
  bool timed_out_ = false;
  bool stopping_ = false;
};

}  // namespace mirage::http
