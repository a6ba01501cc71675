// SPDX-License-Identifier: ISC
// Lines and fields of a message head, RFC 9112 §2.2, §5, §6.
#include "mirage/http/head_parser.hpp"

#include <algorithm>

#include "characters.hpp"

namespace mirage::http {

void head_parser::reset(message_head& head) noexcept {
  line_ = line_end_ = at_ = colon_ = section_ = consumed_ = 0;
  fields_ = 0;
  phase_ = phase::start_line;
  reason_ = refusal::none;
  chunked_ = other_coding_ = has_coding_ = closes_ = keeps_ = false;
  head.present_ = head.repeated_ = 0;
  head.framing = framing::none;
  head.content_length = 0;
  head.keep_alive = head.http_1_0 = false;
}

/// `at` is a control character that stops a line: the CR of a CRLF, or a reason to refuse.
progress head_parser::control_at(std::string_view text, std::size_t at) noexcept {
  switch (text[at]) {
    case '\r':
      if (at + 1 == text.size()) {
        at_ = at;
        return progress::incomplete;
      }
      if (text[at + 1] != '\n') return refuse(refusal::bare_cr);
      line_end_ = at;
      at_ = at + 2;
      return progress::complete;
    case '\n': return refuse(refusal::bare_lf);
    case '\0': return refuse(refusal::nul);
    default: return refuse(refusal::control_character);
  }
}

progress head_parser::scan_line(std::string_view text) noexcept {
  const char* end = text.data() + text.size();
  const char* stop = find_control(text.data() + at_, end);
  if (stop != end) return control_at(text, static_cast<std::size_t>(stop - text.data()));
  at_ = text.size();
  return progress::incomplete;
}

/// Reads the name of a field line. Complete: `colon_` is set, or the line is the empty one.
progress head_parser::find_colon(std::string_view text) noexcept {
  std::size_t at = at_;
  while (at != text.size() && is(text[at], token_character)) ++at;
  at_ = at;
  if (at == text.size()) return progress::incomplete;
  if (text[at] == ':' && at != line_) {
    colon_ = at;
    at_ = at + 1;
    return progress::complete;
  }
  if (is_blank(text[at])) return refuse(at == line_ ? refusal::line_folding : refusal::space_before_colon);
  const auto c = static_cast<unsigned char>(text[at]);
  if (c >= 0x20 && c != 0x7f) return refuse(refusal::field_name);
  const progress ended = control_at(text, at);
  if (ended == progress::complete && at != line_) return refuse(refusal::field_name);
  return ended;
}

progress head_parser::scan_fields(std::string_view received, message_head& head) noexcept {
  const std::size_t longest = std::min<std::size_t>(limits_->head_bytes, max_head_bytes);
  // One byte more than allowed, and no further: what is refused for its length is not looked at.
  const std::string_view text = received.substr(0, longest + 1);
  if (at_ > longest) return refuse(refusal::head_too_long);  // the start line alone
  const auto unless_too_long = [&](progress step) {
    return step == progress::incomplete && text.size() > longest ? refuse(refusal::head_too_long) : step;
  };
  for (;;) {
    if (colon_ == 0) {
      if (progress name = find_colon(text); name != progress::complete) return unless_too_long(name);
      if (colon_ == 0) break;
    }
    if (progress line = scan_line(text); line != progress::complete) return unless_too_long(line);
    if (at_ > longest) return refuse(refusal::head_too_long);
    if (++fields_ > limits_->fields) return refuse(refusal::too_many_fields);
    if (refusal wrong = take_field(text, head); wrong != refusal::none) return refuse(wrong);
    line_ = at_;
    colon_ = 0;
  }
  if (at_ > longest) return refuse(refusal::head_too_long);
  consumed_ = at_;
  phase_ = phase::done;
  return progress::complete;
}

refusal head_parser::take_field(std::string_view text, message_head& head) noexcept {
  const field name = identify(text.substr(line_, colon_ - line_));
  if (name == field::other) return refusal::none;
  const std::string_view value = trim(text.substr(colon_ + 1, line_end_ - colon_ - 1));
  const bool again = head.has(name);
  if (again) {
    head.repeated_ |= message_head::bit(name);
  } else {
    head.present_ |= message_head::bit(name);
    head.slots_[static_cast<std::size_t>(name)] = {static_cast<std::uint16_t>(value.data() - text.data()),
                                                   static_cast<std::uint16_t>(value.size())};
  }
  switch (name) {
    case field::host: return again ? refusal::host_repeated : refusal::none;
    case field::content_length: {
      if (again) return refusal::content_length_repeated;
      if (value.empty() || !all(value, digit_character)) return refusal::content_length_invalid;
      std::uint64_t length = 0;
      for (char c : value) {
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (length > (UINT64_MAX - digit) / 10) return refusal::body_too_long;
        length = length * 10 + digit;
      }
      head.content_length = length;
      return refusal::none;
    }
    case field::transfer_encoding: return take_transfer_encoding(value);
    case field::connection: take_connection(value); return refusal::none;
    default: return refusal::none;
  }
}

refusal head_parser::take_transfer_encoding(std::string_view value) noexcept {
  has_coding_ = true;
  for (std::string_view coding = next_member(value); !coding.empty(); coding = next_member(value)) {
    if (chunked_) return refusal::coding_not_last;
    if (equal_ignoring_case(coding, "chunked"))
      chunked_ = true;
    else
      other_coding_ = true;
  }
  return refusal::none;
}

void head_parser::take_connection(std::string_view value) noexcept {
  for (std::string_view option = next_member(value); !option.empty(); option = next_member(value)) {
    if (equal_ignoring_case(option, "close")) closes_ = true;
    if (equal_ignoring_case(option, "keep-alive")) keeps_ = true;
  }
}

refusal head_parser::read_version(std::string_view text, message_head& head, refusal malformed) noexcept {
  if (text.size() != 8 || text.substr(0, 5) != "HTTP/" || !is(text[5], digit_character) || text[6] != '.' ||
      !is(text[7], digit_character))
    return malformed;
  if (text[5] != '1') return refusal::version_unsupported;
  // RFC 9110 §2.5: a higher minor version is read as the highest that is known.
  head.http_1_0 = text[7] == '0';
  return refusal::none;
}

refusal head_parser::settle_framing(message_head& head) const noexcept {
  head.keep_alive = !closes_ && (!head.http_1_0 || keeps_);
  if (has_coding_) {
    if (head.http_1_0) return refusal::coding_in_http_1_0;
    if (head.has(field::content_length)) return refusal::length_and_coding;
    if (!chunked_ && !other_coding_) return refusal::coding_unknown;  // an empty list
    head.framing = framing::chunked;
    return refusal::none;
  }
  if (head.has(field::content_length))
    head.framing = head.content_length == 0 ? framing::none : framing::length;
  return refusal::none;
}

void head_parser::bind(std::string_view text, message_head& head) const noexcept {
  head.base_ = text.data();
  head.section_ = text.substr(section_, line_ - section_);
}

std::string_view next_member(std::string_view& list) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view member = trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!member.empty()) return member;
  }
  return {};
}

}  // namespace mirage::http
