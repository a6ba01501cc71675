// SPDX-License-Identifier: ISC
// Response heads: the status line (RFC 9112 §4) and the framing of a response (§6.3).
#include "mirage/http/response_parser.hpp"

#include <algorithm>

#include "characters.hpp"

namespace mirage::http {

namespace {
constexpr std::size_t reason_offset = 13;  // "HTTP/1.1 200 "
}

void response_parser::expect(method asked) noexcept {
  head_parser::reset(head_);
  asked_ = asked;
  interim_ = 0;
  reason_length_ = 0;
}

bool response_parser::next() noexcept {
  const std::uint32_t seen = interim_ + 1;
  if (seen > limits_->interim_responses) {
    reason_ = refusal::too_many_interim_responses;
    return false;
  }
  expect(asked_);
  interim_ = seen;
  return true;
}

progress response_parser::parse(cbytes received) noexcept {
  const std::string_view text = as_text(received);
  if (reason_ != refusal::none) return progress::refused;
  if (phase_ == phase::start_line) {
    const std::size_t longest = std::min<std::size_t>(limits_->head_bytes, max_head_bytes);
    const std::string_view window = text.substr(0, longest + 1);
    const progress line = scan_line(window);
    if (line == progress::refused) return line;
    if (line == progress::incomplete)
      return window.size() > longest ? refuse(refusal::head_too_long) : progress::incomplete;
    if (refusal wrong = read_status_line(text.substr(0, line_end_)); wrong != refusal::none)
      return refuse(wrong);
    section_ = line_ = at_;
    phase_ = phase::fields;
  }
  if (phase_ == phase::fields) {
    if (progress fields = scan_fields(text, head_); fields != progress::complete) return fields;
  }
  if (refusal wrong = finish(text); wrong != refusal::none) return refuse(wrong);
  return progress::complete;
}

refusal response_parser::read_status_line(std::string_view line) noexcept {
  if (line.size() < 12) return refusal::status_line;
  if (refusal wrong = read_version(line.substr(0, 8), head_, refusal::status_line); wrong != refusal::none)
    return wrong;
  const std::string_view digits = line.substr(9, 3);
  if (line[8] != ' ' || !all(digits, digit_character)) return refusal::status_line;
  // Some servers leave out the space before an empty reason phrase; nothing hangs on it.
  if (line.size() > 12 && line[12] != ' ') return refusal::status_line;
  const int code = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (code < 100 || code > 599) return refusal::status_line;  // RFC 9110 §15
  head_.status = static_cast<status>(code);
  reason_length_ = line.size() > reason_offset ? line.size() - reason_offset : 0;
  return refusal::none;
}

refusal response_parser::finish(std::string_view text) noexcept {
  head_.framing = framing::until_close;
  if (refusal wrong = settle_framing(head_); wrong != refusal::none) return wrong;
  bind(text, head_);
  head_.reason = reason_length_ == 0 ? std::string_view{} : text.substr(reason_offset, reason_length_);
  const bool tunnel = asked_ == method::connect && number(head_.status) / 100 == 2;
  if (asked_ == method::head || tunnel || !may_have_content(head_.status)) {
    head_.framing = framing::none;  // whatever the fields say, RFC 9112 §6.3
    return refusal::none;
  }
  if (head_.framing == framing::chunked && other_coding_) return refusal::coding_unknown;
  if (head_.framing == framing::length && head_.content_length > limits_->body_bytes)
    return refusal::body_too_long;
  // What ends with the connection cannot be followed by anything.
  if (head_.framing == framing::until_close) head_.keep_alive = false;
  return refusal::none;
}

}  // namespace mirage::http
