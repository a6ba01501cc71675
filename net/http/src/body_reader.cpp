// SPDX-License-Identifier: ISC
// The body of one message, RFC 9112 §6.
#include "mirage/http/body_reader.hpp"

#include <algorithm>

namespace mirage::http {

void body_reader::begin(const message_head& head) noexcept {
  framing_ = head.framing;
  left_ = head.content_length;
  total_ = 0;
  done_ = framing_ == framing::none;
  if (framing_ == framing::chunked) chunks_.reset();
}

body_step body_reader::next(cbytes received) noexcept {
  if (done_) return {body_outcome::done, 0, {}, refusal::none};
  if (framing_ == framing::chunked) {
    const body_step step = chunks_.decode(received);
    done_ = step.what == body_outcome::done;
    return step;
  }
  if (received.empty()) return {};
  if (framing_ == framing::until_close) {
    if (received.size() > limits_->body_bytes - total_)
      return {body_outcome::refused, received.size(), {}, refusal::body_too_long};
    total_ += received.size();
    return {body_outcome::data, received.size(), received, refusal::none};
  }
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, received.size()));
  left_ -= length;
  done_ = left_ == 0;
  return {body_outcome::data, length, received.first(length), refusal::none};
}

body_step body_reader::end_of_input() noexcept {
  if (!done_ && framing_ != framing::until_close)
    return {body_outcome::refused, 0, {}, refusal::body_cut_short};
  done_ = true;
  return {body_outcome::done, 0, {}, refusal::none};
}

}  // namespace mirage::http
