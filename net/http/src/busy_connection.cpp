// SPDX-License-Identifier: ISC
// What a connection and its exchanges ask of the connection that has something to do.
#include "busy_connection.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "joined_input.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/http/head_writer.hpp"

namespace mirage::http {

namespace {

constexpr log_source http_log{"http"};

constexpr std::size_t most_lingered = 256 * 1024;

v1::http_error to_http_error(refusal reason) noexcept {
  switch (reason) {
    case refusal::body_too_long:
    case refusal::chunk_extension_too_long:
    case refusal::trailer_too_long: return v1::http_error::too_large;
    case refusal::body_timeout: return v1::http_error::timed_out;
    case refusal::body_cut_short: return v1::http_error::closed;
    default: return v1::http_error::bad_message;
  }
}

/// Fields that only the server may send: they say how the message is framed, and when.
bool is_server_field(std::string_view name) noexcept {
  switch (is_token(name) ? identify(name) : field::other) {
    case field::connection:
    case field::content_length:
    case field::date:
    case field::trailer:
    case field::transfer_encoding:
    case field::upgrade: return true;
    default: return equal_ignoring_case(name, "Keep-Alive");
  }
}

}  // namespace

busy_connection::busy_connection(connection& on) noexcept
    : connection_(on),
      service_(on.service_),
      server_(service_.server_),
      stream_(on.stream_),
      wait_(on.wait_),
      core_(server_.limits_, os::now(), on.requests_),
      exchange_(*this) {
  exchange_.request_.head_ = &core_.head();
  exchange_.request_.peer_ = stream_.peer();
  on.busy_ = this;
}

void busy_connection::stop() noexcept {
  core_.stop();
  if (interruptible_) wait_.interrupt();
}

server_core::need busy_connection::next() noexcept {
  const server_core::need next = core_.next(input_.view(), os::now());
  if (next != server_core::need::request) input_.drop_front(core_.consumed());
  return next;
}

busy_connection::writing busy_connection::write() noexcept {
  return wait_.run(stream_.write(output_.take()), later(os::now(), server_.limits_.write_time));
}

/// What waiting for bytes gave, told to the core. False: the connection is gone.
bool busy_connection::received(std::optional<result<buffer, v1::flow_error>>& got) noexcept {
  if (!got) {
    core_.timeout();
    return true;
  }
  if (!*got) return false;
  if (!(*got)->empty()) return append(*std::move(*got));
  core_.end_of_input();
  return true;
}

bool busy_connection::wrote(const std::optional<result<void, v1::flow_error>>& written) noexcept {
  if (!written) server_.counters_.refused(refusal::write_timeout);
  if (!written || !*written) return false;
  if (output_.empty()) core_.written();
  return true;
}

bool busy_connection::append(buffer more) noexcept {
  if (join_input(input_, std::move(more), server_.limits_.head_bytes)) return true;
  server_.counters_.refused(refusal::overload);
  return false;
}

task<bool> busy_connection::flush() {
  while (!output_.empty()) {
    auto written = co_await write();
    if (!wrote(written)) co_return false;
  }
  co_return true;
}

// ---- One exchange -------------------------------------------------------------------------------------

/// The handler's task; an empty one if the request has been answered already.
task<> busy_connection::begin_exchange() {
  ++server_.counters_.requests;
  head_storage_ = input_.share();
  input_.drop_front(core_.consumed());
  answer_ = progress_of_answer::none;
  body_refusal_ = refusal::none;
  exchange_.number_ = 0;
  exchange_.bytes_ = 0;
  if (core_.head().target.form == target_form::asterisk) {
    // OPTIONS * asks about the server itself (RFC 9110 §9.3.7): it is there.
    (void)respond_with_lines(status::no_content, {}, {});
    return {};
  }
  if (!decode_path()) {
    refuse_exchange(refusal::target_path);
    return {};
  }
  task<> work = service_.handler_.call(service_.handler_.object, exchange_);
  if (!work) refuse_exchange(refusal::overload);
  return work;
}

void busy_connection::refuse_exchange(refusal reason) noexcept {
  server_.counters_.refused(reason);
  answer_without_handler(status_of(reason), describe(reason));
}

/// The handler threw an exception.
void busy_connection::failed_exchange() noexcept {
  http_log.error("the handler of {} {} threw an exception", exchange_.request_.method(),
                 exchange_.request_.path());
  if (answer_ == progress_of_answer::streaming) answer_ = progress_of_answer::broken;
}

bool busy_connection::decode_path() noexcept {
  const request_head& head = core_.head();
  exchange_.request_.path_ = head.target.path;
  std::span<char> space;
  if (head.target.path.find('%') != std::string_view::npos) {
    path_storage_ = buffer::allocate(head.target.path.size());
    const bytes memory = path_storage_.writable();
    space = {static_cast<char*>(static_cast<void*>(memory.data())), memory.size()};
  }
  const auto path = http::decode_path(head.target.path, space);
  if (!path) return false;
  exchange_.request_.path_ = *path;
  return true;
}

/// The handler has ended: what it left undone is done or ends the connection.
void busy_connection::finish_exchange() noexcept {
  if (answer_ == progress_of_answer::none) {
    if (body_refusal_ != refusal::none) {
      answer_without_handler(status_of(body_refusal_), describe(body_refusal_));
    } else {
      ++server_.counters_.unanswered;
      answer_without_handler(status::internal_server_error, "unanswered");
    }
  }
  core_.response_done(answer_ == progress_of_answer::complete);
  path_storage_ = buffer();
  head_storage_ = buffer();
}

void busy_connection::answer_without_handler(status code, std::string_view why) noexcept {
  std::array<char, 128> space;
  text_writer text{space};
  format_to(text, "{} {}: {}\n", number(code), describe(code), why);
  (void)respond_with_lines(code, "Content-Type: text/plain\r\n", buffer::copy_of(as_bytes(text.text())));
}

task<result<buffer, v1::http_error>> busy_connection::read_body() {
  while (true) {
    const body_step step = core_.read_body(input_.view(), os::now());
    buffer piece;
    if (step.what == body_outcome::data) {
      piece = input_.share();
      piece.drop_front(static_cast<std::size_t>(step.data.data() - input_.data()));
      piece.truncate(step.data.size());
    }
    input_.drop_front(step.consumed);
    if (step.what == body_outcome::refused) {
      if (body_refusal_ == refusal::none) server_.counters_.refused(step.reason);
      body_refusal_ = step.reason;
      co_return fail(to_http_error(step.reason));
    }
    if (step.what != body_outcome::incomplete) co_return std::move(piece);
    if (core_.take_continue() && !output_.add_text("HTTP/1.1 100 Continue\r\n\r\n"))
      co_return fail(v1::http_error::closed);
    if (!output_.empty()) {
      const bool written = co_await flush();
      if (!written) co_return fail(v1::http_error::closed);
    }
    if (input_.empty()) input_ = buffer();
    auto got = co_await read();
    if (!received(got)) co_return fail(v1::http_error::closed);
  }
}

// ---- The answer ---------------------------------------------------------------------------------------

exchange::outcome busy_connection::broken() noexcept {
  answer_ = progress_of_answer::broken;
  return fail(v1::http_error::closed);
}

/// Room for the head: what the server itself adds is shorter than this.
constexpr std::size_t server_fields = 256;

exchange::outcome busy_connection::start_answer(const v1::http_response& answer,
                                                std::optional<std::uint64_t> length) noexcept {
  if (answered() || answer.status < 200 || answer.status > 599) return fail(v1::http_error::misused);
  std::size_t size = server_fields + answer.content_type.size();
  for (const v1::http_header& header : answer.headers) {
    if (is_server_field(header.name)) return fail(v1::http_error::misused);
    size += header.name.size() + header.value.size() + 4;
  }
  const std::span<char> space = output_.reserve(size);
  if (space.empty()) return broken();
  // Nothing is decided before the head is known to be sound: another answer may still be given.
  const auto code = static_cast<status>(answer.status);
  head_writer writer{space};
  writer.start(code);
  writer.add_trusted(field::date, server_.date_.text());
  if (!answer.content_type.empty()) writer.add(field::content_type, answer.content_type);
  for (const v1::http_header& header : answer.headers) writer.add(header.name, header.value);
  if (!writer.lines()) return fail(v1::http_error::misused);
  return end_head(writer, code, length);
}

exchange::outcome busy_connection::end_head(head_writer& writer, status code,
                                            std::optional<std::uint64_t> length) noexcept {
  const response_plan plan = core_.respond(code, length);
  if (plan.content_length) writer.add(field::content_length, *length);
  if (plan.framing == framing::chunked) writer.add_lines("Transfer-Encoding: chunked\r\n");
  writer.add_lines(plan.connection);
  const auto head = writer.finish();
  if (!head) return broken();
  output_.commit(head->size());
  sent_framing_ = plan.framing;
  left_to_write_ = length.value_or(0);
  first_chunk_ = true;
  exchange_.number_ = number(code);
  server_.counters_.responded(code);
  return {};
}

exchange::outcome busy_connection::respond(v1::http_response&& answer) noexcept {
  if (auto started = start_answer(answer, answer.body.size()); !started) return started;
  if (sent_framing_ != framing::none && !add_content(std::move(answer.body))) return broken();
  answer_ = progress_of_answer::complete;
  return {};
}

exchange::outcome busy_connection::start_with_lines(status code, std::string_view lines,
                                                    std::uint64_t length) noexcept {
  if (answered()) return fail(v1::http_error::misused);
  const std::span<char> space = output_.reserve(server_fields + lines.size());
  if (space.empty()) return broken();
  head_writer writer{space};
  writer.start(code);
  writer.add_trusted(field::date, server_.date_.text());
  writer.add_lines(lines);
  return end_head(writer, code, length);
}

exchange::outcome busy_connection::respond_with_lines(status code, std::string_view lines,
                                                      buffer body) noexcept {
  if (auto started = start_with_lines(code, lines, body.size()); !started) return started;
  if (sent_framing_ != framing::none && !add_content(std::move(body))) return broken();
  answer_ = progress_of_answer::complete;
  return {};
}

exchange::outcome busy_connection::begin_with_lines(status code, std::string_view lines,
                                                    std::uint64_t length) noexcept {
  if (auto started = start_with_lines(code, lines, length); !started) return started;
  answer_ = progress_of_answer::streaming;
  return {};
}

bool busy_connection::add_content(buffer part) noexcept {
  exchange_.bytes_ += part.size();
  return output_.add(std::move(part));
}

exchange::outcome busy_connection::begin(v1::http_response&& answer,
                                         std::optional<std::uint64_t> length) noexcept {
  if (!answer.body.empty()) return fail(v1::http_error::misused);
  if (auto started = start_answer(answer, length); !started) return started;
  answer_ = progress_of_answer::streaming;
  return {};
}

task<exchange::outcome> busy_connection::write(buffer part) {
  if (answer_ == progress_of_answer::broken) co_return fail(v1::http_error::closed);
  if (answer_ != progress_of_answer::streaming) co_return fail(v1::http_error::misused);
  if (part.empty() || sent_framing_ == framing::none) {
    // To HEAD, or to a status without content, the same is said.
    if (part.empty() || core_.head().method == method::head) co_return exchange::outcome{};
    co_return fail(v1::http_error::misused);
  }
  if (sent_framing_ == framing::length) {
    if (part.size() > left_to_write_) co_return fail(v1::http_error::misused);
    left_to_write_ -= part.size();
  }
  if (sent_framing_ == framing::chunked &&
      !output_.add_text(chunk_prefix(part.size(), std::exchange(first_chunk_, false)).text()))
    co_return broken();
  if (!add_content(std::move(part))) co_return broken();
  const bool written = co_await flush();
  if (!written) co_return broken();
  co_return exchange::outcome{};
}

exchange::outcome busy_connection::end() noexcept {
  if (answer_ == progress_of_answer::broken) return fail(v1::http_error::closed);
  if (answer_ != progress_of_answer::streaming) return fail(v1::http_error::misused);
  if (sent_framing_ == framing::length && left_to_write_ != 0) {
    answer_ = progress_of_answer::broken;
    return fail(v1::http_error::misused);
  }
  if (sent_framing_ == framing::chunked && !output_.add_text(first_chunk_ ? only_chunk : last_chunk))
    return broken();
  answer_ = progress_of_answer::complete;
  return {};
}

// ---- The end ------------------------------------------------------------------------------------------

task<> busy_connection::refuse() {
  http_log.debug("{}: refused, {}", exchange_.request_.peer(), core_.reason());
  answer_ = progress_of_answer::none;
  refuse_exchange(core_.reason());
  const bool written = co_await flush();
  if (written) co_await leave(false);
}

/// Closing while the peer still sends may destroy what it has not yet read of ours (RFC 9112 §9.6): so first
/// only this direction is ended, and the rest of the peer's is read, for a while. `quiet`: the peer has sent
/// all that it wanted to.
task<> busy_connection::leave(bool quiet) {
  if (!quiet) {
    co_await stream_.shutdown();
    const instant deadline = later(os::now(), server_.limits_.linger_time);
    std::size_t dropped = 0;
    interruptible_ = true;
    while (dropped < most_lingered) {
      auto got = co_await wait_.run(stream_.read(), deadline);
      if (!got || !*got || (*got)->empty()) break;
      dropped += (*got)->size();
    }
  }
  co_await stream_.close();
}

}  // namespace mirage::http
