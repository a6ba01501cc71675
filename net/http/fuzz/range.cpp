// SPDX-License-Identifier: ISC
// Range and Content-Range values of any content, for representations of any size.
// covers: src/range.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "mirage/http/range.hpp"

using namespace mirage::http;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_multipart(std::span<const byte_range> parts, std::uint64_t size) {
  const multipart body{"0123456789abcdef01234567", size % 2 == 0 ? "text/plain" : "", size};
  std::array<char, 256> space;
  std::uint64_t length = body.end(space).size();
  for (const byte_range& part : parts) {
    const std::string_view head = body.part_head(part, space);
    check(head.ends_with("\r\n\r\n"));
    length += head.size() + part.length();
    const content_range_text content{part, size};
    if (part.last == UINT64_MAX) continue;
    const auto again = parse_content_range(content.text());
    check(again && again->range == part && again->size == size);
  }
  check(length == body.length(parts));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // Sizes around every power of two, small ones above all.
  const std::uint64_t length = (std::uint64_t{1} << data[0] % 64) - 1 + data[1] % 3;
  const std::string_view value(reinterpret_cast<const char*>(data + 2), size - 2);
  std::array<byte_range, 8> space;
  const ranges found = parse_ranges(value, length, space);
  check((found.answer == range_answer::partial) == !found.list.empty());
  std::uint64_t total = 0;
  for (const byte_range& range : found.list) {
    check(range.first <= range.last && range.last < length);
    total += range.length();
  }
  check(found.list.size() < 2 || total <= length);
#ifdef MIRAGE_PLANTED_BUG
  if (found.list.size() == 4) std::abort();
#endif
  check_multipart(found.list, length);
  if (const auto content = parse_content_range(value)) check(content->range.first <= content->range.last);
  return 0;
}
