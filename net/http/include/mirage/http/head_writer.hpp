// SPDX-License-Identifier: ISC
// Writing message heads, RFC 9112 §3, §4 and §5, into memory that the caller lends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/core/result.hpp"
#include "mirage/http/date.hpp"
#include "mirage/http/field.hpp"
#include "mirage/http/method.hpp"
#include "mirage/http/status.hpp"

namespace mirage::http {

enum class head_error : std::uint8_t {
  too_long,  ///< the space is used up
  name,      ///< a field name or a method that is no token
  value,     ///< a value with CR, LF, NUL or another control character in it: header injection
  target,    ///< a request target with a byte in it that no URI can contain
};
[[nodiscard]] std::string_view describe(head_error error) noexcept;

/// Checks as it writes; the first mistake is kept, nothing is written after it, and `finish()` tells it.
class head_writer {
 public:
  explicit head_writer(std::span<char> space) noexcept : space_(space) {}

  /// "HTTP/1.1 404 Not Found".
  void start(status code) noexcept;
  /// "GET /index.html HTTP/1.1", and the Host line, which is to be the first one (RFC 9110 §7.2).
  void start(std::string_view verb, std::string_view target, std::string_view host) noexcept;

  void add(std::string_view name, std::string_view value) noexcept;
  void add(std::string_view name, std::uint64_t value) noexcept;
  void add(field name, std::string_view value) noexcept { add_trusted_name(describe(name), value); }
  void add(field name, std::uint64_t value) noexcept;

  /// A value that was checked before, or made here.
  void add_trusted(field name, std::string_view value) noexcept { put_line(describe(name), value); }
  /// Whole lines, each with its CRLF, that were checked before: a head that is sent many times.
  void add_lines(std::string_view lines) noexcept { put(lines); }
  /// Where the next line will begin, for patching it later.
  [[nodiscard]] std::size_t size() const noexcept { return length_; }

  /// The empty line. The head is the beginning of the space.
  [[nodiscard]] result<std::string_view, head_error> finish() noexcept;
  /// The same without the empty line: for parts that are joined later.
  [[nodiscard]] result<std::string_view, head_error> lines() const noexcept;

 private:
  void put(std::string_view text) noexcept;
  void put_number(std::uint64_t value) noexcept;
  void add_trusted_name(std::string_view name, std::string_view value) noexcept;
  void put_line(std::string_view name, std::string_view value) noexcept;
  void fail_with(head_error error) noexcept {
    if (!failed_) {
      failed_ = true;
      error_ = error;
    }
  }

  std::span<char> space_;
  std::size_t length_ = 0;
  bool failed_ = false;
  head_error error_{};
};

/// Whether `value` can stand in a field line: no control character but HTAB (RFC 9110 §5.5).
[[nodiscard]] bool is_field_value(std::string_view value) noexcept;
/// Whether `text` is a token (RFC 9110 §5.6.2): a field name, a method.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

}  // namespace mirage::http
