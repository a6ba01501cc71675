// SPDX-License-Identifier: ISC
#include "mirage/tcp/segment_options.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"

namespace mirage::tcp_protocol {

namespace {

// RFC 9293 §3.2, and the registry of option kinds.
enum kind : unsigned {
  end_of_list = 0,
  no_operation = 1,
  maximum_segment_size = 2,
  window_scale = 3,
  sack_permitted = 4,
  selective_acknowledgement = 5,
  timestamp = 8
};

constexpr std::uint32_t only_timestamps = 0x0101080a;
constexpr std::size_t room = 40;

void take_sack(cbytes blocks, segment_options& to) noexcept {
  for (; blocks.size() >= 8 && to.sack_count < to.sack.size(); blocks = blocks.subspan(8))
    to.sack[to.sack_count++] = {sequence(load_be32(blocks.data())), sequence(load_be32(blocks.data() + 4))};
}

/// `body` is what follows kind and length. An option that is known but has another length than it must have
/// is passed over, as one that is not known.
void take(unsigned what, cbytes body, segment_options& to) noexcept {
  const std::byte* p = body.data();
  if (what == maximum_segment_size && body.size() == 2) to.mss = load_be16(p);
  if (what == window_scale && body.size() == 1)
    to.window_scale = static_cast<std::uint8_t>(std::min(14u, std::to_integer<unsigned>(p[0])));
  if (what == sack_permitted && body.empty()) to.sack_permitted = true;
  if (what == timestamp && body.size() == 8) to.times = timestamps{load_be32(p), load_be32(p + 4)};
  if (what == selective_acknowledgement && body.size() % 8 == 0) take_sack(body, to);
}

/// As many blocks as there is room for behind the timestamps.
std::size_t blocks_that_fit(const segment_options& options) noexcept {
  const std::size_t left = room - (options.times ? 12 : 0) - 4;
  return std::min<std::size_t>(options.sack_count, left / 8);
}

}  // namespace

bool parse_options(cbytes from, segment_options& to) noexcept {
  to = {};
  if (from.size() == 12 && load_be32(from.data()) == only_timestamps) {
    to.times = timestamps{load_be32(from.data() + 4), load_be32(from.data() + 8)};
    return true;
  }
  while (!from.empty()) {
    const auto what = std::to_integer<unsigned>(from[0]);
    if (what == end_of_list) return true;
    if (what == no_operation) {
      from = from.subspan(1);
      continue;
    }
    if (from.size() < 2) return false;
    const auto length = std::to_integer<std::size_t>(from[1]);
    if (length < 2 || length > from.size()) return false;
    take(what, from.subspan(2, length - 2), to);
    from = from.subspan(length);
  }
  return true;
}

std::size_t size_of_options(const segment_options& options) noexcept {
  std::size_t size = 0;
  if (options.mss) size += 4;
  if (options.window_scale) size += 4;
  if (options.sack_permitted && !options.times) size += 4;
  if (options.times) size += 12;
  const std::size_t blocks = blocks_that_fit(options);
  return blocks == 0 ? size : size + 4 + blocks * 8;
}

void store_options(bytes to, const segment_options& options) noexcept {
  std::byte* p = to.data();
  const auto word = [&p](std::uint32_t value) {
    store_be32(p, value);
    p += 4;
  };
  if (options.mss) word(0x02040000u | *options.mss);
  if (options.window_scale) word(0x01030300u | *options.window_scale);
  // With timestamps, what permits SACK takes the place of their two no-operations.
  if (options.sack_permitted && !options.times) word(0x01010402u);
  if (options.times) {
    word(options.sack_permitted ? 0x0402080au : only_timestamps);
    word(options.times->value);
    word(options.times->echo);
  }
  const std::size_t blocks = blocks_that_fit(options);
  if (blocks == 0) return;
  word(0x01010500u | static_cast<std::uint32_t>(2 + blocks * 8));
  for (std::size_t i = 0; i < blocks; ++i) {
    word(options.sack[i].begin.value());
    word(options.sack[i].end.value());
  }
}

}  // namespace mirage::tcp_protocol
