// SPDX-License-Identifier: ISC
#include "mirage/tcp/syn_cookies.hpp"

#include <array>

namespace mirage::tcp_protocol {

namespace {

// What is common on the way: plain, tunnels, IPv6, jumbo frames.
constexpr std::array<std::uint16_t, 8> sizes{216, 536, 1220, 1360, 1400, 1440, 1460, 8960};

constexpr std::uint64_t purpose = std::uint64_t{3} << 56;

std::uint32_t clock_of(instant now) noexcept {
  return static_cast<std::uint32_t>(now.time_since_epoch() / 64s) & 31;
}

// The low bits of a timestamp: four of the window scale, 15 for none; SACK; ECN.
constexpr std::uint32_t stamp_bits = 6;
constexpr std::uint32_t stamp_mask = (1u << stamp_bits) - 1;
constexpr std::uint32_t no_scale = 15;

}  // namespace

std::uint32_t syn_cookies::code(const endpoint& local, const endpoint& peer, sequence theirs,
                                std::uint32_t clock, std::uint32_t size) const noexcept {
  const std::uint64_t word =
      purpose | std::uint64_t{clock} << 40 | std::uint64_t{size} << 32 | theirs.value();
  return static_cast<std::uint32_t>(hash_.of(local, peer, word)) & 0xffffff;
}

sequence syn_cookies::make(const endpoint& local, const endpoint& peer, const segment& syn,
                           instant now) noexcept {
  last_ = now;
  const std::uint16_t wanted = syn.options.mss.value_or(peer.address.is_v6() ? 1220 : 536);
  std::uint32_t size = 0;
  while (size + 1 < sizes.size() && sizes[size + 1] <= wanted) ++size;
  const std::uint32_t clock = clock_of(now);
  return sequence(clock << 27 | size << 24 | code(local, peer, syn.seq, clock, size));
}

std::uint32_t syn_cookies::stamp(std::uint32_t clock, const agreement& agreed) noexcept {
  const std::uint32_t scale = agreed.scaling ? agreed.send_scale : no_scale;
  const std::uint32_t said = scale | (agreed.sack ? 16u : 0u) | (agreed.ecn ? 32u : 0u);
  const std::uint32_t made = (clock & ~stamp_mask) | said;
  return static_cast<std::int32_t>(made - clock) > 0 ? made - (1u << stamp_bits) : made;
}

std::optional<agreement> syn_cookies::check(const endpoint& local, const endpoint& peer, const segment& ack,
                                            instant now) const noexcept {
  const std::uint32_t cookie = (ack.ack - 1u).value();
  const std::uint32_t clock = cookie >> 27;
  const std::uint32_t size = cookie >> 24 & 7;
  if (((clock_of(now) - clock) & 31) > 1) return std::nullopt;
  if (code(local, peer, ack.seq - 1u, clock, size) != (cookie & 0xffffff)) return std::nullopt;
  agreement agreed;
  agreed.peer_mss = sizes[size];
  if (!ack.options.times) return agreed;
  const std::uint32_t said = ack.options.times->echo & stamp_mask;
  agreed.timestamps = true;
  agreed.scaling = (said & 15) != no_scale;
  agreed.send_scale = static_cast<std::uint8_t>(agreed.scaling ? said & 15 : 0);
  agreed.sack = (said & 16) != 0;
  agreed.ecn = (said & 32) != 0;
  return agreed;
}

}  // namespace mirage::tcp_protocol
