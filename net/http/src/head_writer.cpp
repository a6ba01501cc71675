// SPDX-License-Identifier: ISC
// Writing message heads.
#include "mirage/http/head_writer.hpp"

#include <algorithm>
#include <cstring>

#include "characters.hpp"
#include "decimal.hpp"

namespace mirage::http {

namespace {

/// The status lines that nearly every response has are not put together each time.
std::string_view ready_status_line(status code) noexcept {
  switch (code) {
    case status::ok: return "HTTP/1.1 200 OK\r\n";
    case status::partial_content: return "HTTP/1.1 206 Partial Content\r\n";
    case status::not_modified: return "HTTP/1.1 304 Not Modified\r\n";
    case status::not_found: return "HTTP/1.1 404 Not Found\r\n";
    default: return {};
  }
}

}  // namespace

std::string_view describe(head_error error) noexcept {
  switch (error) {
    case head_error::too_long: return "message head too long";
    case head_error::name: return "invalid field name";
    case head_error::value: return "invalid field value";
    case head_error::target: return "invalid request target";
  }
  return "";
}

bool is_field_value(std::string_view value) noexcept {
  const char* begin = value.data();
  const char* end = begin + value.size();
  return find_control(begin, end) == end;
}

bool is_token(std::string_view text) noexcept { return !text.empty() && all(text, token_character); }

void head_writer::put(std::string_view text) noexcept {
  if (failed_) return;
  if (text.size() > space_.size() - length_) return fail_with(head_error::too_long);
  if (!text.empty()) std::memcpy(space_.data() + length_, text.data(), text.size());
  length_ += text.size();
}

void head_writer::put_number(std::uint64_t value) noexcept { put(decimal_text{value}.text()); }

void head_writer::start(status code) noexcept {
  if (const std::string_view ready = ready_status_line(code); !ready.empty()) return put(ready);
  put("HTTP/1.1 ");
  put_number(number(code));
  put(" ");  // RFC 9112 §4: even before an empty reason phrase
  put(describe(code));
  put("\r\n");
}

void head_writer::start(std::string_view verb, std::string_view target, std::string_view host) noexcept {
  if (!is_token(verb)) return fail_with(head_error::name);
  if (target.empty() || !all(target, target_character)) return fail_with(head_error::target);
  put(verb);
  put(" ");
  put(target);
  put(" HTTP/1.1\r\n");
  add(field::host, host);
}

void head_writer::add(std::string_view name, std::string_view value) noexcept {
  if (!is_token(name)) return fail_with(head_error::name);
  add_trusted_name(name, value);
}

void head_writer::add(std::string_view name, std::uint64_t value) noexcept {
  add(name, decimal_text{value}.text());
}

void head_writer::add(field name, std::uint64_t value) noexcept {
  put_line(describe(name), decimal_text{value}.text());
}

void head_writer::add_trusted_name(std::string_view name, std::string_view value) noexcept {
  if (!is_field_value(value)) return fail_with(head_error::value);
  put_line(name, value);
}

void head_writer::put_line(std::string_view name, std::string_view value) noexcept {
  if (failed_) return;
  const std::size_t length = name.size() + value.size() + 4;
  if (length > space_.size() - length_) return fail_with(head_error::too_long);
  char* at = space_.data() + length_;
  at = std::copy_n(name.data(), name.size(), at);
  at = std::copy_n(": ", 2, at);
  at = std::copy_n(value.data(), value.size(), at);
  std::copy_n("\r\n", 2, at);
  length_ += length;
}

result<std::string_view, head_error> head_writer::finish() noexcept {
  put("\r\n");
  return lines();
}

result<std::string_view, head_error> head_writer::lines() const noexcept {
  if (failed_) return fail(error_);
  return std::string_view{space_.data(), length_};
}

}  // namespace mirage::http
