// SPDX-License-Identifier: ISC
// Why a message was refused: one name for each rule that a peer can break, so that a log, a counter and a
// test can tell them apart where the status code alone cannot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/http/status.hpp"

namespace mirage::http {

enum class refusal : std::uint8_t {
  none,
  // The start line.
  request_line,         ///< not `method SP target SP version` (RFC 9112 §3)
  status_line,          ///< not `version SP three digits` (RFC 9112 §4)
  method_too_long,      ///< longer than `limits::method_bytes`
  target_too_long,      ///< longer than `limits::target_bytes`
  target_character,     ///< a byte that no URI can contain (RFC 3986)
  target_form,          ///< a form that the method does not allow, or no form at all (RFC 9112 §3.2)
  target_path,          ///< a path that cannot be decoded, or that names no place (`path_error`)
  version_unsupported,  ///< an HTTP version whose major number is not 1
  connect,              ///< CONNECT: this server is no proxy
  // Lines and fields.
  bare_lf,             ///< a line that ends in LF without CR (RFC 9112 §2.2)
  bare_cr,             ///< CR that no LF follows (RFC 9112 §2.2)
  nul,                 ///< a NUL byte (RFC 9110 §5.5)
  control_character,   ///< another control character in a line
  field_name,          ///< a field line without a name, or with a byte in it that is no token (RFC 9110 §5.1)
  space_before_colon,  ///< whitespace behind or within a name (RFC 9112 §5.1)
  line_folding,        ///< a line that begins with whitespace, obs-fold (RFC 9112 §5.2)
  head_too_long,       ///< more than `limits::head_bytes` of head
  too_many_fields,     ///< more than `limits::fields` field lines
  // Host.
  host_missing,   ///< HTTP/1.1 without Host (RFC 9112 §3.2)
  host_repeated,  ///< two Host lines
  host_invalid,   ///< not `host [":" port]`
  // Framing of the body, RFC 9112 §6 and §7.
  content_length_invalid,    ///< not digits only, or a list
  content_length_repeated,   ///< more than one Content-Length line, equal or not
  length_and_coding,         ///< both Content-Length and Transfer-Encoding
  coding_unknown,            ///< a transfer coding other than chunked
  coding_not_last,           ///< chunked is not the last coding, or comes twice
  coding_in_http_1_0,        ///< Transfer-Encoding in an HTTP/1.0 message
  body_too_long,             ///< more than `limits::body_bytes`
  chunk_size,                ///< no hexadecimal size, or one that cannot be represented
  chunk_extension,           ///< malformed chunk extension
  chunk_extension_too_long,  ///< more than `limits::chunk_extension_bytes` of extensions in one body
  chunk_end,                 ///< the data of a chunk is not followed by CRLF
  trailer_too_long,          ///< more than `limits::trailer_bytes` of trailer
  body_cut_short,            ///< the connection ended before the body did
  expectation,               ///< an Expect other than 100-continue (RFC 9110 §10.1.1)
  // Not the fault of one message.
  too_many_interim_responses,  ///< more 1xx than `limits::interim_responses` (client)
  unasked_response,            ///< bytes after the response, or before a request (client)
  head_timeout,                ///< the head did not arrive in time
  body_timeout,                ///< the body did not arrive in time
  write_timeout,               ///< the peer did not take the answer in time; nothing can be said any more
  overload,                    ///< a cap of this server is reached
};

inline constexpr std::size_t refusal_count = static_cast<std::size_t>(refusal::overload) + 1;

/// One word, fit for a counter's label: "bare_lf".
[[nodiscard]] std::string_view describe(refusal reason) noexcept;

/// What a server answers before it closes the connection. For `none` 200.
[[nodiscard]] status status_of(refusal reason) noexcept;

}  // namespace mirage::http
