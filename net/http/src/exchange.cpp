// SPDX-License-Identifier: ISC
// An exchange is the handler's view of its connection.
#include "mirage/http/exchange.hpp"

#include <utility>

#include "busy_connection.hpp"
#include "mirage/http/head_writer.hpp"

namespace mirage::http {

std::optional<std::string_view> received_request::header(std::string_view name) const noexcept {
  const field known = is_token(name) ? identify(name) : field::other;
  if (known == field::other) return head_->find(name);
  if (!head_->has(known)) return std::nullopt;
  return head_->get(known);
}

task<result<buffer, v1::http_error>> exchange::read_body() { return connection_.read_body(); }

ready<exchange::outcome> exchange::respond(v1::http_response&& answer) noexcept {
  return connection_.respond(std::move(answer));
}

ready<exchange::outcome> exchange::begin(v1::http_response&& answer) noexcept {
  return connection_.begin(std::move(answer), std::nullopt);
}

ready<exchange::outcome> exchange::begin(v1::http_response&& answer, std::uint64_t length) noexcept {
  return connection_.begin(std::move(answer), length);
}

ready<exchange::outcome> exchange::respond_with_lines(status code, std::string_view lines,
                                                      buffer body) noexcept {
  return connection_.respond_with_lines(code, lines, std::move(body));
}

ready<exchange::outcome> exchange::begin_with_lines(status code, std::string_view lines,
                                                    std::uint64_t length) noexcept {
  return connection_.begin_with_lines(code, lines, length);
}

task<exchange::outcome> exchange::write(buffer part) { return connection_.write(std::move(part)); }

ready<exchange::outcome> exchange::end() noexcept { return connection_.end(); }

bool exchange::answered() const noexcept { return connection_.answered(); }

seconds_time exchange::now() const noexcept { return connection_.now(); }

}  // namespace mirage::http
