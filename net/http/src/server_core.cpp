// SPDX-License-Identifier: ISC
// One connection of a server: RFC 9112 §9, RFC 9110 §10.1.1.
#include "mirage/http/server_core.hpp"

namespace mirage::http {

server_core::server_core(const limits& bounds, instant now, std::uint32_t requests) noexcept
    : limits_(&bounds),
      parser_(bounds),
      body_(bounds),
      deadline_(later(now, bounds.idle_time)),
      since_(now),
      requests_(requests) {}

server_core::need server_core::refuse(refusal reason) noexcept {
  reason_ = reason;
  phase_ = phase::ended;
  deadline_ = never;
  close_ = true;
  return need::refusal;
}

server_core::need server_core::waiting(phase what, instant until) noexcept {
  phase_ = what;
  deadline_ = until;
  return need::input;
}

server_core::need server_core::next(cbytes unread, instant now) noexcept {
  consumed_ = 0;
  if (phase_ == phase::ended) return need::close;
  if (phase_ == phase::draining) {
    if (const auto more = drain(unread, now)) return *more;
  }
  if (close_ || stopping_) {
    phase_ = phase::ended;
    return need::close;
  }
  if (phase_ != phase::head) since_ = now;
  switch (parser_.parse(unread)) {
    case progress::refused: return refuse(parser_.reason());
    case progress::incomplete: {
      const bool begun = !unread.empty();
      if (input_ended_ || (timed_out_ && !begun)) {
        // An idle connection just ends; half a request at the end is nothing that could be answered.
        phase_ = phase::ended;
        return need::close;
      }
      if (timed_out_) return refuse(refusal::head_timeout);
      if (begun) return waiting(phase::head, later(since_, limits_->head_time));
      return waiting(phase::idle, phase_ == phase::idle ? deadline_ : later(now, limits_->idle_time));
    }
    case progress::complete: break;
  }
  if (head().method == method::connect) return refuse(refusal::connect);
  consumed_ += parser_.consumed();
  ++requests_;
  phase_ = phase::responding;
  deadline_ = never;
  timed_out_ = false;
  body_.begin(head());
  body_bytes_ = 0;
  since_ = now;
  awaits_continue_ = head().expect_continue;
  response_begun_ = false;
  return need::request;
}

/// Reads and drops what is left of a request's body; nothing once it is gone.
std::optional<server_core::need> server_core::drain(cbytes& unread, instant now) noexcept {
  while (!body_.done()) {
    const body_step step = body_.next(unread);
    consumed_ += step.consumed;
    drained_ += step.consumed;
    unread = unread.subspan(step.consumed);
    // The response is on its way already: nothing can be said about what is wrong here.
    if (step.what == body_outcome::refused || drained_ > limits_->drained_bytes || timed_out_ ||
        (step.what == body_outcome::incomplete && (input_ended_ || stopping_))) {
      phase_ = phase::ended;
      return need::close;
    }
    if (step.what != body_outcome::incomplete) continue;
    body_progress(step.consumed, now);
    return need::input;
  }
  phase_ = phase::responding;
  return std::nullopt;
}

void server_core::body_progress(std::size_t bytes, instant now) noexcept {
  body_bytes_ += bytes;
  // Both a silent client and one that sends a byte now and then come to an end.
  const auto allowance = static_cast<std::int64_t>(body_bytes_ / limits_->body_rate);
  const instant silent = later(now, limits_->body_time);
  const instant slow = later(since_, limits_->body_time + std::chrono::seconds{allowance});
  deadline_ = silent < slow ? silent : slow;
}

body_step server_core::read_body(cbytes unread, instant now) noexcept {
  body_step step = body_.next(unread);
  if (step.what == body_outcome::incomplete) {
    if (timed_out_)
      step = {body_outcome::refused, step.consumed, {}, refusal::body_timeout};
    else if (input_ended_)
      step = body_.end_of_input();
  }
  body_progress(step.consumed, now);
  if (step.what != body_outcome::incomplete) deadline_ = never;
  if (step.what == body_outcome::refused) {
    reason_ = step.reason;
    close_ = true;
  }
  // RFC 9110 §10.1.1: who sends the body unasked does not wait for 100 any more.
  if (step.consumed != 0) awaits_continue_ = false;
  return step;
}

bool server_core::take_continue() noexcept {
  const bool owed = awaits_continue_ && !response_begun_ && !body_.done();
  if (owed) awaits_continue_ = false;
  return owed;
}

/// Whether the connection cannot outlive the response that begins now.
bool server_core::must_close() const noexcept {
  if (close_ || stopping_ || !head().keep_alive || requests_ >= limits_->requests) return true;
  if (body_.done()) return false;
  // The client may send the body that it announced, or not: from here on nobody knows where the next request
  // would begin.
  if (awaits_continue_) return true;
  const auto left = body_.remaining();
  return left && *left > limits_->drained_bytes;
}

response_plan server_core::respond(status code, std::optional<std::uint64_t> length) noexcept {
  response_plan plan;
  response_begun_ = true;
  const bool content = head().method != method::head && may_have_content(code);
  if (content) {
    plan.framing = length ? framing::length : head().http_1_0 ? framing::until_close : framing::chunked;
    if (plan.framing == framing::length && *length == 0) plan.framing = framing::none;
  }
  // RFC 9110 §8.6: not in 1xx and 204; in the answer to HEAD it tells what GET would have got.
  // A 304 has no length here at all: it would have to be the one of the 200, which is not known.
  plan.content_length = length && may_have_content(code);
  close_ = must_close() || plan.framing == framing::until_close;
  plan.close = close_;
  if (close_)
    plan.connection = "Connection: close\r\n";
  else if (head().http_1_0)
    plan.connection = "Connection: keep-alive\r\n";
  return plan;
}

void server_core::response_done(bool whole) noexcept {
  if (!whole) close_ = true;
  ++unwritten_;
  parser_.reset();
  drained_ = 0;
  phase_ = body_.done() || close_ ? phase::responding : phase::draining;
}

}  // namespace mirage::http
