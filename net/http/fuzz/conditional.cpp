// SPDX-License-Identifier: ISC
// The values of If-Match and its relatives, Accept-Encoding and dates, within a request that is well-formed.
// covers: src/conditional.cpp src/content_coding.cpp src/date.cpp
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mirage/http/conditional.hpp"
#include "mirage/http/content_coding.hpp"
#include "mirage/http/request_parser.hpp"

using namespace mirage;
using namespace mirage::http;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

constexpr seconds_time now{seconds_time::duration{1795298400}};

void check_date(std::string_view text) {
  const auto date = parse_date(text, now);
  if (!date) return;
  const date_text printed = print_date(*date);
  check(parse_date({printed.data(), printed.size()}, now) == date);
#ifdef MIRAGE_PLANTED_BUG
  if (*date > now) std::abort();
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  check_date(input);
  (void)parse_entity_tag(input);
  (void)parse_weight(input);
  // Each line of the input is a field line, if it has no control character.
  std::string text = data[0] % 2 == 0 ? "GET" : "PUT";
  text += " / HTTP/1.1\r\nHost: h\r\n";
  text += input;
  text += "\r\n\r\n";
  const limits bounds;
  request_parser parser{bounds};
  if (parser.parse(as_bytes(text)) != progress::complete) return 0;
  const request_head& head = parser.head();
  const validators current{
      data[0] % 3 == 0   ? "\"a\""
      : data[0] % 3 == 1 ? "W/\"a\""
                         : "",
      data[0] % 5 == 0 ? std::nullopt : std::optional(seconds_time{seconds_time::duration{784111777}}),
      data[0] % 7 != 0};
  const precondition answer = evaluate_preconditions(head, current, now);
  check(answer != precondition::not_modified || head.method == method::get);
  check(!range_applies(head, current, now) || (head.method == method::get && head.has(field::range)));
  content_codings available;
  for (unsigned i = 0; i < content_coding_count; ++i)
    if ((data[0] >> i & 1) != 0) available = available.with(static_cast<content_coding>(i));
  const auto coding = negotiate_coding(head, available);
  check(!coding || available.has(*coding));
  for (const field_line& line : head.lines()) check_date(line.value);
  return 0;
}
