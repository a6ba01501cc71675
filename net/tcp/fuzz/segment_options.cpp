// SPDX-License-Identifier: ISC
// Options of a segment: whatever comes is read without harm, and what was understood is written and read back
// the same. covers: src/segment_options.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mirage/tcp/segment_options.hpp"

using namespace mirage;
using namespace mirage::tcp_protocol;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto from = std::as_bytes(std::span(data, size)).first(size < 40 ? size : 40);
  segment_options read;
  const bool good = parse_options(from, read);
#ifdef MIRAGE_PLANTED_BUG
  if (good && read.mss && read.window_scale && *read.window_scale == 3) std::abort();
#endif
  if (!good) return 0;
  check(read.sack_count <= read.sack.size());
  check(!read.window_scale || *read.window_scale <= 14);
  // A SYN has no SACK blocks, and only a SYN has the others.
  segment_options once = read;
  if (once.mss || once.window_scale || once.sack_permitted) {
    once.sack = {};
    once.sack_count = 0;
  }
  if (once.times && once.sack_count > 3) {
    once.sack_count = 3;
    once.sack[3] = {};
  }
  std::array<std::byte, 40> written{};
  const std::size_t length = size_of_options(once);
  check(length <= written.size() && length % 4 == 0);
  store_options(written, once);
  segment_options again;
  check(parse_options(cbytes(written).first(length), again));
  check(again == once);
  return 0;
}
