// SPDX-License-Identifier: ISC
// What the parsers of requests and responses share: lines, fields, and the framing of the body
// (RFC 9112 §2.2, §5, §6). Not used on its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/http/limits.hpp"
#include "mirage/http/message_head.hpp"
#include "mirage/http/refusal.hpp"

namespace mirage::http {

enum class progress : std::uint8_t {
  incomplete,  ///< give it more bytes
  complete,    ///< the head is there
  refused,     ///< `reason()` says why; the connection is of no use any more
};

/// Strict: nothing that two parsers could understand differently is let through. Looks at each byte once,
/// however the bytes come in pieces.
class head_parser {
 public:
  [[nodiscard]] refusal reason() const noexcept { return reason_; }
  /// Bytes of the head, with the empty line, once it is complete. The body begins there.
  [[nodiscard]] std::size_t consumed() const noexcept { return consumed_; }
  /// Whether the head has begun: some of its bytes are there.
  [[nodiscard]] bool started() const noexcept { return at_ != 0; }

 protected:
  explicit head_parser(const limits& bounds) noexcept : limits_(&bounds) {}
  void reset(message_head& head) noexcept;

  /// Goes on with the line that begins at `line_`; complete when `line_end_` is its CR, and `at_` follows
  /// its LF.
  [[nodiscard]] progress scan_line(std::string_view text) noexcept;
  /// Reads field lines up to and including the empty one.
  [[nodiscard]] progress scan_fields(std::string_view received, message_head& head) noexcept;
  [[nodiscard]] progress refuse(refusal reason) noexcept {
    reason_ = reason;
    return progress::refused;
  }
  /// "HTTP/1.x": sets `http_1_0` and the default of `keep_alive`. `none` if it is well.
  [[nodiscard]] static refusal read_version(std::string_view text, message_head& head,
                                            refusal malformed) noexcept;
  /// Content-Length and Transfer-Encoding against each other; `none` if they are sound. Without either the
  /// framing stays what it was.
  [[nodiscard]] refusal settle_framing(message_head& head) const noexcept;
  /// Fills in the views, now that the bytes will not move any more.
  void bind(std::string_view text, message_head& head) const noexcept;

  enum class phase : std::uint8_t { start_line, fields, done };

  const limits* limits_;
  std::size_t line_ = 0;      // where the current line begins
  std::size_t line_end_ = 0;  // its CR
  std::size_t at_ = 0;        // everything before was looked at
  std::size_t colon_ = 0;     // of the current field line; 0 if not reached
  std::size_t section_ = 0;   // where the field lines begin
  std::size_t consumed_ = 0;
  std::uint32_t fields_ = 0;
  phase phase_ = phase::start_line;
  refusal reason_ = refusal::none;
  bool chunked_ = false;       // the last transfer coding so far is chunked
  bool other_coding_ = false;  // there is one that is not chunked
  bool has_coding_ = false;
  bool closes_ = false;  // Connection: close
  bool keeps_ = false;   // Connection: keep-alive

 private:
  [[nodiscard]] progress find_colon(std::string_view text) noexcept;
  [[nodiscard]] progress control_at(std::string_view text, std::size_t at) noexcept;
  [[nodiscard]] refusal take_field(std::string_view text, message_head& head) noexcept;
  [[nodiscard]] refusal take_transfer_encoding(std::string_view value) noexcept;
  void take_connection(std::string_view value) noexcept;
};

/// Takes the next member from the front of a list value (RFC 9110 §5.6.1), without the whitespace around
/// it; empty members are skipped, "" is the end. Not for lists whose members may contain a quoted comma.
[[nodiscard]] std::string_view next_member(std::string_view& list) noexcept;

}  // namespace mirage::http
