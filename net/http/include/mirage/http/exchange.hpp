// SPDX-License-Identifier: ISC
// One request and its answer, as a handler of the server sees them: `v1::http_exchange`, and a little more.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/ready.hpp"
#include "mirage/http/conditional.hpp"
#include "mirage/http/message_head.hpp"
#include "mirage/v1.hpp"

namespace mirage::http {

class busy_connection;

/// `v1::http_request`. All views live as long as the exchange.
class received_request {
 public:
  [[nodiscard]] std::string_view method() const noexcept { return head_->method_text; }
  [[nodiscard]] std::string_view target() const noexcept { return head_->target.text; }
  [[nodiscard]] std::string_view path() const noexcept { return path_; }
  [[nodiscard]] std::string_view query() const noexcept { return head_->target.query; }
  [[nodiscard]] endpoint peer() const noexcept { return peer_; }
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;

  /// Everything that the parser found out.
  [[nodiscard]] const request_head& head() const noexcept { return *head_; }

 private:
  friend class busy_connection;
  const request_head* head_ = nullptr;
  std::string_view path_;
  endpoint peer_;
};

/// `v1::http_exchange`. An answer waits in the connection until the handler has ended, or reads from the
/// body, or has written a part of a stream: so the answers to requests that came together leave together.
class exchange {
 public:
  using outcome = result<void, v1::http_error>;

  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  [[nodiscard]] const received_request& request() const noexcept { return request_; }

  task<result<buffer, v1::http_error>> read_body();

  ready<outcome> respond(v1::http_response&& answer) noexcept;
  ready<outcome> begin(v1::http_response&& answer) noexcept;
  /// Waits until the flow has taken the part.
  task<outcome> write(buffer part);
  ready<outcome> end() noexcept;

  // Beyond the module type:

  /// As `begin`, for content of known length: it is not chunked, and `end` is `misused` unless exactly so
  /// many bytes were written (to HEAD none need be).
  ready<outcome> begin(v1::http_response&& answer, std::uint64_t length) noexcept;

  /// The whole answer, with field lines that were checked beforehand (`head_writer::lines`): each with its
  /// CRLF, among them Content-Type, but none of those that are the server's. For an answer that is given
  /// often.
  ready<outcome> respond_with_lines(status code, std::string_view lines, buffer body) noexcept;

  /// The same, to be followed by `write` and `end`, for content of that length.
  ready<outcome> begin_with_lines(status code, std::string_view lines, std::uint64_t length) noexcept;

  /// Whether the answer was begun.
  [[nodiscard]] bool answered() const noexcept;
  /// The status of the answer, once it was begun; 0 before.
  [[nodiscard]] unsigned answered_with() const noexcept { return number_; }
  /// How many bytes of content the answer has so far, as they are on the wire without the chunking.
  [[nodiscard]] std::uint64_t answered_bytes() const noexcept { return bytes_; }
  /// The time, in HTTP's whole seconds, for conditions.
  [[nodiscard]] seconds_time now() const noexcept;

 private:
  friend class busy_connection;
  explicit exchange(busy_connection& on) noexcept : connection_(on) {}
  busy_connection& connection_;
  received_request request_;
  std::uint16_t number_ = 0;
  std::uint64_t bytes_ = 0;
};

static_assert(v1::http_exchange<exchange>);

}  // namespace mirage::http
