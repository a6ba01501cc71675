// SPDX-License-Identifier: ISC
// Chunked bodies: however the bytes come in pieces, the data and the outcome are the same.
// covers: src/chunked.cpp
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mirage/http/chunked.hpp"

using namespace mirage;
using namespace mirage::http;

namespace {

using outcome = chunked_decoder::outcome;

void check(bool holds) {
  if (!holds) std::abort();
}

struct decoded {
  std::string data;
  std::size_t consumed = 0;
  outcome last = outcome::incomplete;
  refusal reason = refusal::none;
  bool operator==(const decoded&) const = default;
};

decoded decode(std::string_view text, std::size_t piece, const limits& bounds) {
  chunked_decoder decoder{bounds};
  decoded result;
  while (result.last == outcome::incomplete && result.consumed < text.size()) {
    const std::string_view part = text.substr(result.consumed, piece);
    const chunked_decoder::step step = decoder.decode(as_bytes(part));
    check(step.consumed > 0 && step.consumed <= part.size());
    result.consumed += step.consumed;
    result.data += as_text(step.data);
    result.reason = step.reason;
    result.last = step.what == outcome::data ? outcome::incomplete : step.what;
    check((step.what == outcome::refused) == (step.reason != refusal::none));
    check((step.what == outcome::data) == !step.data.empty());
  }
  check(result.data.size() <= decoder.total() && decoder.total() <= bounds.body_bytes);
#ifdef MIRAGE_PLANTED_BUG
  if (result.last == outcome::done && result.data.size() == 5) std::abort();
#endif
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  limits bounds;
  bounds.body_bytes = 300;
  bounds.chunk_extension_bytes = 40;
  bounds.trailer_bytes = 60;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const decoded whole = decode(text, size, bounds);
  check(whole == decode(text, 1, bounds));
  check(whole == decode(text, 3, bounds));

  // What is written as chunks is read back the same.
  if (size != 0) {
    const std::size_t half = size / 2 + 1;
    std::string written(chunk_prefix(half, true).text());
    written += text.substr(0, half);
    if (half < size) {
      written += chunk_prefix(size - half, false).text();
      written += text.substr(half);
    }
    written += last_chunk;
    limits wide;
    check(decode(written, written.size(), wide).data == text);
  }
  return 0;
}
