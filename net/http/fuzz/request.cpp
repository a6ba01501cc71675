// SPDX-License-Identifier: ISC
// Request heads: however the bytes come in pieces, the outcome is the same; what is accepted has the
// properties that everything behind it relies on. covers: src/request_parser.cpp src/head_parser.cpp
// src/request_target.cpp src/message_head.cpp src/field.cpp
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mirage/http/request_parser.hpp"

using namespace mirage;
using namespace mirage::http;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

limits small() {
  limits bounds;
  bounds.head_bytes = 1024;
  bounds.target_bytes = 200;
  bounds.fields = 20;
  return bounds;
}

void check_head(const request_head& head, std::string_view text, std::size_t consumed) {
  check(consumed <= text.size() && text.substr(0, consumed).ends_with("\r\n\r\n"));
  check(!head.method_text.empty() && !head.target.text.empty());
  check(is_authority(head.host));
  check(head.http_1_0 || head.has(field::host));
  check(!head.has(field::content_length) || !head.has(field::transfer_encoding));
  std::size_t lines = 0;
  for (const field_line& line : head.lines()) {
    ++lines;
    check(!line.name.empty() &&
          line.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    const field name = identify(line.name);
    check(name == field::other || head.has(name));
    check(head.find(line.name).has_value());
  }
  check(lines <= 20);
  for (std::size_t i = 0; i < field_count; ++i)
    head.for_each(static_cast<field>(i), [&](std::string_view value) { check(value.size() <= consumed); });
#ifdef MIRAGE_PLANTED_BUG
  if (head.content_length > 5) std::abort();
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const limits bounds = small();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  request_parser whole{bounds};
  const progress outcome = whole.parse(as_bytes(text));
  if (outcome == progress::complete) check_head(whole.head(), text, whole.consumed());

  request_parser pieces{bounds};
  progress last = progress::incomplete;
  std::string memory;
  // Pieces of changing size, each time in other memory.
  for (std::size_t length = 0; length < size && last == progress::incomplete;) {
    length += 1 + data[length] % 7;
    if (length > size) length = size;
    std::string moved(text.substr(0, length));
    last = pieces.parse(as_bytes(moved));
    memory.swap(moved);
  }
  check(last == outcome);
  if (outcome == progress::complete) {
    check(pieces.consumed() == whole.consumed() && pieces.head().host == whole.head().host);
    check(pieces.head().target.path == whole.head().target.path);
    check(pieces.head().framing == whole.head().framing);
  }
  return 0;
}
