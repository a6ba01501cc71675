// SPDX-License-Identifier: ISC
// The body of one message, whatever its framing (RFC 9112 §6).
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/http/chunked.hpp"
#include "mirage/http/message_head.hpp"

namespace mirage::http {

using body_step = chunked_decoder::step;
using body_outcome = chunked_decoder::outcome;

class body_reader {
 public:
  /// `bounds` must outlive the reader.
  explicit body_reader(const limits& bounds) noexcept : limits_(&bounds), chunks_(bounds) {}

  /// Starts on the body that belongs to this head.
  void begin(const message_head& head) noexcept;

  /// Takes the next piece from the front of `received`; see `chunked_decoder::decode`. Never consumes a byte
  /// behind the end of the body.
  [[nodiscard]] body_step next(cbytes received) noexcept;

  /// The peer sends no more: done, or refused as cut short.
  [[nodiscard]] body_step end_of_input() noexcept;

  [[nodiscard]] bool done() const noexcept { return done_; }
  /// How many bytes are still to come, where that is known.
  [[nodiscard]] std::optional<std::uint64_t> remaining() const noexcept {
    if (done_) return 0;
    if (framing_ == framing::length) return left_;
    return std::nullopt;
  }

 private:
  const limits* limits_;
  chunked_decoder chunks_;
  framing framing_ = framing::none;
  std::uint64_t left_ = 0;   // with framing::length
  std::uint64_t total_ = 0;  // with framing::until_close
  bool done_ = true;
};

}  // namespace mirage::http
