// SPDX-License-Identifier: ISC
// The parser of response heads, for clients: RFC 9112 §4 and §6.3.
// Not implemented: obs-fold is refused here as well, where RFC 9112 §5.2 lets a client unfold it.
#pragma once

#include "mirage/http/head_parser.hpp"

namespace mirage::http {

class response_parser : public head_parser {
 public:
  /// `bounds` must outlive the parser.
  explicit response_parser(const limits& bounds) noexcept : head_parser(bounds) { expect(method::get); }

  /// Ready for the response to a request with this method; HEAD and CONNECT have no body in theirs.
  void expect(method asked) noexcept;

  /// As `request_parser::parse`. An interim response (1xx other than 101) is complete like any other, with
  /// `head().status` below 200: the caller drops `consumed()` bytes and calls `next()`.
  [[nodiscard]] progress parse(cbytes received) noexcept;

  /// After an interim response: ready for the one that follows it. False if there were too many.
  [[nodiscard]] bool next() noexcept;

  [[nodiscard]] const response_head& head() const noexcept { return head_; }

 private:
  [[nodiscard]] refusal read_status_line(std::string_view line) noexcept;
  [[nodiscard]] refusal finish(std::string_view text) noexcept;

  response_head head_;
  method asked_ = method::get;
  std::uint32_t interim_ = 0;
  std::size_t reason_length_ = 0;
};

}  // namespace mirage::http
