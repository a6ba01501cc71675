// SPDX-License-Identifier: ISC
// The client: requests over connections that are kept, RFC 9112 §9.3.
#include "mirage/http/client.hpp"

#include <algorithm>
#include <cstring>

#include "joined_input.hpp"
#include "mirage/core/os.hpp"
#include "mirage/http/head_writer.hpp"

namespace mirage::http {

namespace {

/// Fields that are the client's own, because they say how the message is framed and where it goes.
bool is_client_field(std::string_view name) noexcept {
  switch (is_token(name) ? identify(name) : field::other) {
    case field::connection:
    case field::content_length:
    case field::expect:
    case field::host:
    case field::te:
    case field::trailer:
    case field::transfer_encoding:
    case field::upgrade: return true;
    default: return equal_ignoring_case(name, "Keep-Alive");
  }
}

/// RFC 9110 §9.2.2: what may be sent again when it is not known whether it was carried out.
bool is_idempotent(method verb) noexcept {
  return verb != method::post && verb != method::patch && verb != method::connect && verb != method::other;
}

/// RFC 9110 §8.6: a method that usually has content says so even when there is none.
bool announces_content(method verb) noexcept {
  return verb == method::post || verb == method::put || verb == method::patch;
}

v1::http_error to_http_error(refusal reason) noexcept {
  switch (reason) {
    case refusal::head_too_long:
    case refusal::too_many_fields:
    case refusal::body_too_long:
    case refusal::chunk_extension_too_long:
    case refusal::trailer_too_long: return v1::http_error::too_large;
    case refusal::body_cut_short: return v1::http_error::closed;
    default: return v1::http_error::bad_message;
  }
}

/// The head of a request; `misused` where a field could split it.
result<buffer, v1::http_error> make_head(const v1::http_call& call, const uri& to) {
  std::size_t size = call.method.size() + call.uri.size() + to.authority.size() + 128;
  for (const v1::http_header& header : call.headers) {
    if (is_client_field(header.name)) return fail(v1::http_error::misused);
    size += header.name.size() + header.value.size() + 4;
  }
  // The target is behind the authority, as it stands there; an empty path is "/".
  buffer target = buffer::allocate(call.uri.size() + 2);
  buffer memory = buffer::allocate(size);
  if (!target || !memory) return fail(v1::http_error::not_reached);
  text_writer text(characters(target));
  text.append(to.path.empty() ? "/" : to.path);
  if (to.has_query) text.append('?');
  text.append(to.query);
  head_writer writer{characters(memory)};
  writer.start(call.method, text.text(), to.authority);
  for (const v1::http_header& header : call.headers) writer.add(header.name, header.value);
  if (!call.body.empty() || announces_content(parse_method(call.method)))
    writer.add(field::content_length, call.body.size());
  const auto head = writer.finish();
  if (!head) return fail(v1::http_error::misused);
  memory.truncate(head->size());
  return memory;
}

}  // namespace

// ---- One connection -----------------------------------------------------------------------------------

client_connection::client_connection(std::unique_ptr<client_stream> flow, const client_options& options,
                                     std::string_view host, std::uint16_t port)
    : flow_(std::move(flow)),
      options_(options),
      host_(host),
      port_(port),
      parser_(options.bounds),
      body_(options.bounds) {}

bool client_connection::is_to(std::string_view host, std::uint16_t port) const noexcept {
  return port_ == port && equal_ignoring_case(host_, host);
}

bool client_connection::reusable() const noexcept {
  return body_.done() && parser_.head().keep_alive && !ended_ && input_.empty();
}

task<bool> client_connection::send(buffer_list parts) {
  touched_ = false;
  auto written =
      co_await wait_.run(flow_->as_stream().write(std::move(parts)), later(os::now(), options_.write_time));
  co_return written && *written;
}

task<result<void, client_connection::error>> client_connection::receive(duration limit) {
  auto got = co_await wait_.run(flow_->as_stream().read(), later(os::now(), limit));
  if (!got) co_return fail(error::timed_out);
  if (!*got) co_return fail(error::closed);
  touched_ = touched_ || !(*got)->empty();
  ended_ = (*got)->empty();
  if (!ended_ && !join_input(input_, *std::move(*got), options_.bounds.head_bytes))
    co_return fail(error::closed);
  co_return result<void, error>{};
}

task<result<void, client_connection::error>> client_connection::receive_head(method asked) {
  parser_.expect(asked);
  while (true) {
    const progress state = parser_.parse(input_.view());
    if (state == progress::refused) co_return fail(to_http_error(parser_.reason()));
    if (state == progress::complete) {
      head_memory_ = input_.share();
      input_.drop_front(parser_.consumed());
      const bool interim =
          is_interim(parser_.head().status) && parser_.head().status != status::switching_protocols;
      if (!interim) break;
      if (!parser_.next()) co_return fail(error::bad_message);
      continue;
    }
    if (ended_) co_return fail(error::closed);
    auto received = co_await receive(options_.response_time);
    if (!received) co_return received;
  }
  // Nothing was asked for that could switch protocols (RFC 9110 §15.2.2).
  if (parser_.head().status == status::switching_protocols) co_return fail(error::bad_message);
  body_.begin(parser_.head());
  co_return result<void, error>{};
}

task<result<buffer, client_connection::error>> client_connection::receive_body() {
  while (true) {
    body_step step = body_.next(input_.view());
    if (step.what == body_outcome::incomplete && ended_) step = body_.end_of_input();
    buffer piece;
    if (step.what == body_outcome::data) {
      piece = input_.share();
      piece.drop_front(static_cast<std::size_t>(step.data.data() - input_.data()));
      piece.truncate(step.data.size());
    }
    input_.drop_front(step.consumed);
    if (step.what == body_outcome::refused) co_return fail(to_http_error(step.reason));
    if (step.what != body_outcome::incomplete) co_return std::move(piece);
    if (input_.empty()) input_ = buffer();
    auto received = co_await receive(options_.body_time);
    if (!received) co_return fail(received.error());
  }
}

// ---- A response ---------------------------------------------------------------------------------------

client_response::client_response(client_base& client, std::unique_ptr<client_connection> on)
    : client_(&client),
      connection_(std::move(on)),
      head_memory_(connection_->head_memory()),
      status_(number(connection_->head().status)) {
  for (const field_line& line : connection_->head().lines()) headers_.push_back({line.name, line.value});
  if (connection_->body_done()) client_->keep(std::move(connection_));
}

std::optional<std::string_view> client_response::header(std::string_view name) const noexcept {
  for (const v1::http_header& header : headers_)
    if (equal_ignoring_case(header.name, name)) return header.value;
  return std::nullopt;
}

task<result<buffer, v1::http_error>> client_response::read_body() {
  if (failed_) co_return fail(*failed_);
  if (!connection_) co_return buffer();
  auto part = co_await connection_->receive_body();
  if (!part) {
    failed_ = part.error();
    connection_.reset();
  } else if (part->empty()) {
    client_->keep(std::move(connection_));
  }
  co_return std::move(part);
}

// ---- The client ---------------------------------------------------------------------------------------

client_base::client_base(std::string_view name, const client_options& options) noexcept
    : name_(name), options_(options) {}

task<> client_base::stop() {
  while (!kept_.empty()) {
    const connection_pointer last = std::move(kept_.back());
    kept_.pop_back();
    co_await last->close();
  }
}

/// The one that was used last: it has the best chance to be alive.
client_base::connection_pointer client_base::take_kept(const uri& to) {
  std::erase_if(kept_, [this](const connection_pointer& each) {
    return later(each->kept_since, options_.kept_time) <= os::now();
  });
  for (std::size_t i = kept_.size(); i-- != 0;) {
    if (!kept_[i]->is_to(to.host, to.port)) continue;
    connection_pointer found = std::move(kept_[i]);
    kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(i));
    return found;
  }
  return nullptr;
}

void client_base::keep(connection_pointer connection) {
  if (!connection->reusable() || options_.kept == 0) return;
  if (kept_.size() == options_.kept) kept_.erase(kept_.begin());
  connection->kept_since = os::now();
  kept_.push_back(std::move(connection));
}

task<result<client_base::connection_pointer, v1::http_error>> client_base::open(const uri& to) {
  auto made = co_await connect(to.host, to.port);
  if (!made) co_return fail(made.error());
  ++connections_;
  co_return std::make_unique<client_connection>(*std::move(made), options_, to.host, to.port);
}

task<result<void, v1::http_error>> client_base::exchange(client_connection& on, const v1::http_call& call,
                                                         buffer head) {
  buffer_list parts;
  parts.push_back(std::move(head));
  if (!call.body.empty()) parts.push_back(call.body.share());
  // A server that does not want the body may answer and end before it has all of it (RFC 9112 §9.5).
  (void)co_await on.send(std::move(parts));
  co_return co_await on.receive_head(parse_method(call.method));
}

task<result<client_response, v1::http_error>> client_base::request(v1::http_call call) {
  const auto to = parse_uri(call.uri);
  if (!to) co_return fail(v1::http_error::bad_uri);
  if (to->secure) co_return fail(v1::http_error::unsupported);
  auto head = make_head(call, *to);
  if (!head) co_return fail(head.error());
  ++requests_;
  connection_pointer connection = take_kept(*to);
  bool was_kept = connection != nullptr;
  while (true) {
    if (connection == nullptr) {
      auto opened = co_await open(*to);
      if (!opened) {
        ++failures_;
        co_return fail(opened.error());
      }
      connection = *std::move(opened);
    }
    auto answered = co_await exchange(*connection, call, head->share());
    if (answered) co_return client_response(*this, std::move(connection));
    // RFC 9112 §9.3.1: a kept connection may have been ended by the server before it saw the request.
    const bool again = was_kept && connection->untouched() && answered.error() == v1::http_error::closed &&
                       is_idempotent(parse_method(call.method));
    if (!again) {
      ++failures_;
      co_return fail(answered.error());
    }
    ++retries_;
    connection.reset();
    was_kept = false;
  }
}

}  // namespace mirage::http
