// SPDX-License-Identifier: ISC
// A stream of responses, interim ones included, with their bodies, as a client takes it apart.
// covers: src/response_parser.cpp src/body_reader.cpp src/head_parser.cpp
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mirage/http/body_reader.hpp"
#include "mirage/http/response_parser.hpp"

using namespace mirage;
using namespace mirage::http;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

/// False when the stream is over or broken.
bool read_body(const response_head& head, const limits& bounds, cbytes& rest) {
  body_reader body{bounds};
  body.begin(head);
  std::uint64_t total = 0;
  for (;;) {
    const body_step step = body.next(rest);
    check(step.consumed <= rest.size());
    rest = rest.subspan(step.consumed);
    total += step.data.size();
    check(total <= bounds.body_bytes);
#ifdef MIRAGE_PLANTED_BUG
    if (head.framing == framing::chunked && total == 10) std::abort();
#endif
    if (step.what == body_outcome::done) {
      check(body.done() && body.remaining() == 0);
      return true;
    }
    if (step.what == body_outcome::data) continue;
    if (step.what == body_outcome::incomplete) {
      check(rest.empty());
      const body_step end = body.end_of_input();
      check((end.what == body_outcome::done) == (head.framing == framing::until_close));
    }
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  limits bounds;
  bounds.head_bytes = 1024;
  bounds.body_bytes = 4096;
  if (size == 0) return 0;
  const method asked = data[0] % 3 == 0 ? method::head : data[0] % 3 == 1 ? method::connect : method::get;
  cbytes rest = std::as_bytes(std::span(data + 1, size - 1));
  response_parser parser{bounds};
  parser.expect(asked);
  for (;;) {
    // First half of what is there, then all of it: it must not matter.
    (void)parser.parse(rest.first(rest.size() / 2));
    const progress outcome = parser.parse(rest);
    if (outcome != progress::complete) {
      check((outcome == progress::refused) == (parser.reason() != refusal::none));
      return 0;
    }
    check(parser.consumed() > 0 && parser.consumed() <= rest.size());
    check(number(parser.head().status) >= 100 && number(parser.head().status) < 600);
    rest = rest.subspan(parser.consumed());
    if (is_interim(parser.head().status)) {
      check(parser.head().framing == framing::none);
      if (!parser.next()) return 0;
      continue;
    }
    if (!read_body(parser.head(), bounds, rest)) return 0;
    parser.expect(asked);
  }
}
