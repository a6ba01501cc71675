// SPDX-License-Identifier: ISC
// The chunked transfer coding, RFC 9112 §7.1. One byte at a step where the framing is, for it is short;
// data are taken whole.
#include "mirage/http/chunked.hpp"

#include <algorithm>

#include "characters.hpp"

namespace mirage::http {

namespace {

/// Within a quoted string: no control character but HTAB (RFC 9110 §5.6.4).
refusal quoted(char c) noexcept {
  if (c == '\n') return refusal::bare_lf;
  if (c == '\0') return refusal::nul;
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f ? refusal::chunk_extension : refusal::none;
}

}  // namespace

chunked_decoder::step chunked_decoder::decode(cbytes received) noexcept {
  const std::string_view text = as_text(received);
  std::size_t at = 0;
  while (at != text.size()) {
    if (state_ == state::data) {
      const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, text.size() - at));
      left_ -= length;
      if (left_ == 0) state_ = state::data_cr;
      return {outcome::data, at + length, received.subspan(at, length), refusal::none};
    }
    if (state_ == state::done || state_ == state::refused) break;
    reason_ = consume(text[at]);
    if (reason_ != refusal::none) state_ = state::refused;
    ++at;
  }
  if (state_ == state::done) return {outcome::done, at, {}, refusal::none};
  if (state_ == state::refused) return {outcome::refused, at, {}, reason_};
  return {outcome::incomplete, at, {}, refusal::none};
}

/// A CR ends the line, in state `lf` its LF must follow; any other byte is wrong in its own way.
refusal chunked_decoder::end_of_line(char c, state lf, refusal otherwise) noexcept {
  if (c == '\n') return refusal::bare_lf;
  if (c == '\0') return refusal::nul;
  if (c != '\r') return otherwise;
  state_ = lf;
  return refusal::none;
}

refusal chunked_decoder::consume(char c) noexcept {
  switch (state_) {
    case state::size_first:
    case state::size: return consume_size(c);
    case state::size_lf:
      if (c != '\n') return refusal::bare_cr;
      state_ = left_ == 0 ? state::trailer_first : state::data;
      return refusal::none;
    case state::data_cr:
      if (c != '\r') return refusal::chunk_end;
      state_ = state::data_lf;
      return refusal::none;
    case state::data_lf:
      if (c != '\n') return refusal::chunk_end;
      state_ = state::size_first;
      return refusal::none;
    case state::trailer_first:
    case state::trailer_name:
    case state::trailer_value:
    case state::trailer_lf:
    case state::last_lf: return consume_trailer(c);
    default: return consume_extension(c);
  }
}

refusal chunked_decoder::consume_size(char c) noexcept {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (state_ == state::size_first) {
      left_ = 0;
      digits_ = 0;
    }
    // Leading zeros count as well: sixteen digits are enough for every size.
    if (++digits_ > 16) return refusal::chunk_size;
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    state_ = state::size;
    return refusal::none;
  }
  if (state_ == state::size_first) return c == '\n' ? refusal::bare_lf : refusal::chunk_size;
  if (left_ > limits_->body_bytes || total_ > limits_->body_bytes - left_) return refusal::body_too_long;
  total_ += left_;
  if (c == ';' || is_blank(c)) {
    state_ = c == ';' ? state::extension_name_first : state::before_extension;
    return ++extension_bytes_ > limits_->chunk_extension_bytes ? refusal::chunk_extension_too_long
                                                               : refusal::none;
  }
  return end_of_line(c, state::size_lf, refusal::chunk_size);
}

refusal chunked_decoder::consume_extension(char c) noexcept {
  if (c != '\r' && ++extension_bytes_ > limits_->chunk_extension_bytes)
    return refusal::chunk_extension_too_long;
  auto to = [this](state next) {
    state_ = next;
    return refusal::none;
  };
  constexpr auto wrong = refusal::chunk_extension;
  const bool blank = is_blank(c);
  const bool token = is(c, token_character);
  switch (state_) {
    case state::before_extension:
      if (blank) return refusal::none;
      if (c == ';') return to(state::extension_name_first);
      break;
    case state::extension_name_first:
      if (blank) return refusal::none;
      if (token) return to(state::extension_name);
      break;
    case state::extension_name:
    case state::after_extension_name:
      if (token && state_ == state::extension_name) return refusal::none;
      if (blank) return to(state::after_extension_name);
      if (c == '=') return to(state::extension_value_first);
      if (c == ';') return to(state::extension_name_first);
      if (state_ == state::extension_name) return end_of_line(c, state::size_lf, wrong);
      break;
    case state::extension_value_first:
      if (blank) return refusal::none;
      if (c == '"') return to(state::extension_quoted);
      if (token) return to(state::extension_token);
      break;
    case state::extension_token:
    case state::after_quoted:
      if (token && state_ == state::extension_token) return refusal::none;
      if (blank) return to(state::before_extension);
      if (c == ';') return to(state::extension_name_first);
      return end_of_line(c, state::size_lf, wrong);
    case state::extension_quoted:
      if (c == '"') return to(state::after_quoted);
      if (c == '\\') return to(state::extension_escaped);
      return quoted(c);
    case state::extension_escaped: state_ = state::extension_quoted; return quoted(c);
    default: break;
  }
  // Where the line may not end: blanks that nothing follows are not in the grammar.
  return c == '\n' ? refusal::bare_lf : c == '\0' ? refusal::nul : wrong;
}

refusal chunked_decoder::consume_trailer(char c) noexcept {
  if (++trailer_bytes_ > limits_->trailer_bytes + 2) return refusal::trailer_too_long;
  switch (state_) {
    case state::trailer_first:
      if (is(c, token_character)) {
        state_ = state::trailer_name;
        return refusal::none;
      }
      if (is_blank(c)) return refusal::line_folding;
      return end_of_line(c, state::last_lf, refusal::field_name);
    case state::trailer_name:
      if (is(c, token_character)) return refusal::none;
      if (is_blank(c)) return refusal::space_before_colon;
      if (c == '\n') return refusal::bare_lf;
      if (c == '\0') return refusal::nul;
      if (c != ':') return refusal::field_name;
      state_ = state::trailer_value;
      return refusal::none;
    case state::trailer_value: {
      const auto byte = static_cast<unsigned char>(c);
      if ((byte >= 0x20 && byte != 0x7f) || c == '\t') return refusal::none;
      return end_of_line(c, state::trailer_lf, refusal::control_character);
    }
    case state::trailer_lf:
      if (c != '\n') return refusal::bare_cr;
      state_ = state::trailer_first;
      return refusal::none;
    default:  // last_lf
      if (c != '\n') return refusal::bare_cr;
      state_ = state::done;
      return refusal::none;
  }
}

chunk_prefix::chunk_prefix(std::uint64_t size, bool first) noexcept {
  auto put = [this](char c) { text_[length_++] = c; };
  if (!first) {
    put('\r');
    put('\n');
  }
  int shift = 60;
  while (shift > 0 && (size >> shift) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) put("0123456789abcdef"[(size >> shift) & 15]);
  put('\r');
  put('\n');
}

}  // namespace mirage::http
