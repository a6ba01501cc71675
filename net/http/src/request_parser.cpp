// SPDX-License-Identifier: ISC
// Request heads: the request line (RFC 9112 §3), Host (§3.2), the framing of a request (§6.3).
#include "mirage/http/request_parser.hpp"

#include "characters.hpp"

namespace mirage::http {

namespace {
constexpr std::size_t version_length = 8;  // "HTTP/1.1"
}

void request_parser::reset() noexcept {
  head_parser::reset(head_);
  start_ = method_length_ = target_length_ = 0;
  head_.method = method::other;
  head_.expect_continue = false;
  head_.host = {};
}

progress request_parser::parse(cbytes received) noexcept {
  const std::string_view text = as_text(received);
  if (reason_ != refusal::none) return progress::refused;
  if (phase_ == phase::start_line) {
    if (progress line = start_line(text); line != progress::complete) return line;
  }
  if (phase_ == phase::fields) {
    if (progress fields = scan_fields(text, head_); fields != progress::complete) return fields;
  }
  if (refusal wrong = finish(text); wrong != refusal::none) return refuse(wrong);
  return progress::complete;
}

progress request_parser::start_line(std::string_view text) noexcept {
  const std::size_t longest = std::size_t{limits_->method_bytes} + limits_->target_bytes + version_length + 2;
  for (;;) {
    // Not beyond the longest possible line, so that its length is refused before what follows is looked at.
    const bool cut = text.size() - line_ > longest + 2;
    const std::string_view window = cut ? text.substr(0, line_ + longest + 2) : text;
    progress line = scan_line(window);
    if (line == progress::refused) return line;
    if (line == progress::incomplete) {
      if (refusal wrong = too_long(window.substr(line_)); wrong != refusal::none) return refuse(wrong);
      return cut ? refuse(refusal::request_line) : progress::incomplete;
    }
    if (line_end_ != line_) break;
    // RFC 9112 §2.2: one empty line before a request is the slip of an old client; two are something else.
    if (line_ != 0) return refuse(refusal::request_line);
    line_ = at_;
  }
  start_ = line_;
  const std::string_view line = text.substr(line_, line_end_ - line_);
  if (refusal wrong = read_start_line(line); wrong != refusal::none) return refuse(wrong);
  section_ = line_ = at_;
  phase_ = phase::fields;
  return progress::complete;
}

/// Whether a line, of which perhaps only the beginning is there, is beyond the bounds of its parts.
refusal request_parser::too_long(std::string_view line) const noexcept {
  const std::size_t method_end = line.find(' ');
  const std::size_t method_length = method_end == std::string_view::npos ? line.size() : method_end;
  if (method_length > limits_->method_bytes)
    return all(line.substr(0, method_length), token_character) ? refusal::method_too_long
                                                               : refusal::request_line;
  if (method_end == std::string_view::npos) return refusal::none;
  const std::size_t target_end = line.find(' ', method_end + 1);
  const std::size_t end = target_end == std::string_view::npos ? line.size() : target_end;
  return end - method_end - 1 > limits_->target_bytes ? refusal::target_too_long : refusal::none;
}

refusal request_parser::read_start_line(std::string_view line) noexcept {
  std::size_t method_end = 0;
  while (method_end != line.size() && is(line[method_end], token_character)) ++method_end;
  if (method_end == 0 || method_end == line.size() || line[method_end] != ' ') return refusal::request_line;
  const std::size_t target = method_end + 1;
  const std::size_t target_end = line.find(' ', target);
  if (target_end == std::string_view::npos || target_end == target) return refusal::request_line;
  method_length_ = method_end;
  target_length_ = target_end - target;
  if (method_length_ > limits_->method_bytes) return refusal::method_too_long;
  if (target_length_ > limits_->target_bytes) return refusal::target_too_long;
  if (refusal wrong = read_version(line.substr(target_end + 1), head_, refusal::request_line);
      wrong != refusal::none)
    return wrong;
  head_.method = parse_method(line.substr(0, method_end));
  auto parsed = parse_target(head_.method, line.substr(target, target_length_));
  if (!parsed) return parsed.error();
  head_.target = *parsed;
  return refusal::none;
}

refusal request_parser::finish(std::string_view text) noexcept {
  if (refusal wrong = settle_framing(head_); wrong != refusal::none) return wrong;
  // RFC 9112 §6.1: only chunked is understood, alone.
  if (head_.framing == framing::chunked && other_coding_) return refusal::coding_unknown;
  if (head_.framing == framing::length && head_.content_length > limits_->body_bytes)
    return refusal::body_too_long;
  bind(text, head_);
  head_.method_text = text.substr(start_, method_length_);
  const std::string_view target = text.substr(start_ + method_length_ + 1, target_length_);
  // The bytes have moved since the request line was read.
  if (target.data() != head_.target.text.data()) head_.target = *parse_target(head_.method, target);
  if (!head_.has(field::host) && !head_.http_1_0) return refusal::host_missing;
  head_.host = head_.get(field::host);
  if (!is_authority(head_.host)) return refusal::host_invalid;
  // RFC 9112 §3.2.2: an absolute target overrules Host, which must be there all the same.
  if (!head_.target.authority.empty()) head_.host = head_.target.authority;
  if (head_.has(field::expect) && !head_.http_1_0) {
    if (head_.repeated(field::expect) || !equal_ignoring_case(head_.get(field::expect), "100-continue"))
      return refusal::expectation;
    head_.expect_continue = head_.framing != framing::none;
  }
  return refusal::none;
}

}  // namespace mirage::http
