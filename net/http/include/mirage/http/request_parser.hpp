// SPDX-License-Identifier: ISC
// The parser of request heads, RFC 9112 §2 to §6.
#pragma once

#include "mirage/http/head_parser.hpp"

namespace mirage::http {

/// No memory of its own but the head that it fills; no copy of any byte.
class request_parser : public head_parser {
 public:
  /// `bounds` must outlive the parser.
  explicit request_parser(const limits& bounds) noexcept : head_parser(bounds) { reset(); }

  /// Ready for the next request.
  void reset() noexcept;

  /// `received` is everything from the first byte of this request on, so each call repeats the bytes of the
  /// one before and adds some; they may lie elsewhere in memory each time. When it answers `complete`,
  /// `head()` has views into the bytes of this call, and `consumed()` says where the body begins.
  [[nodiscard]] progress parse(cbytes received) noexcept;

  [[nodiscard]] const request_head& head() const noexcept { return head_; }

 private:
  [[nodiscard]] progress start_line(std::string_view text) noexcept;
  [[nodiscard]] refusal too_long(std::string_view line) const noexcept;
  [[nodiscard]] refusal read_start_line(std::string_view line) noexcept;
  [[nodiscard]] refusal finish(std::string_view text) noexcept;

  request_head head_;
  std::size_t start_ = 0;  // of the request line
  std::size_t method_length_ = 0;
  std::size_t target_length_ = 0;
};

}  // namespace mirage::http
