// SPDX-License-Identifier: ISC
// SHA-256, FIPS 180-4 §6.2.
#include "mirage/core/sha256.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "mirage/core/endian.hpp"

namespace mirage {

namespace {

// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (§4.2.2), and of the
// square roots of the first eight (§5.3.3).
constexpr std::array<std::uint32_t, 64> round_constants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
constexpr std::array<std::uint32_t, 8> initial_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

}  // namespace

sha256::sha256() noexcept : state_(initial_state), block_() {}

void sha256::compress(const std::byte* block) noexcept {
  std::array<std::uint32_t, 64> w;
  for (std::size_t t = 0; t < 16; ++t) w[t] = load_be32(block + 4 * t);
  for (std::size_t t = 16; t < 64; ++t) {
    const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3U);
    const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10U);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state_;
  for (std::size_t t = 0; t < 64; ++t) {
    const std::uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
    const std::uint32_t choice = (e & f) ^ (~e & g);
    const std::uint32_t first = h + sum1 + choice + round_constants[t] + w[t];
    const std::uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
    const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + sum0 + majority;
  }
  const std::array<std::uint32_t, 8> after{a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < after.size(); ++i) state_[i] += after[i];
}

void sha256::update(cbytes part) noexcept {
  const std::size_t held = length_ % block_size;
  length_ += part.size();
  if (held != 0) {
    const std::size_t taken = std::min(part.size(), block_size - held);
    if (taken != 0) std::memcpy(block_.data() + held, part.data(), taken);
    part = part.subspan(taken);
    if (held + taken < block_size) return;
    compress(block_.data());
  }
  for (; part.size() >= block_size; part = part.subspan(block_size)) compress(part.data());
  if (!part.empty()) std::memcpy(block_.data(), part.data(), part.size());
}

sha256_digest sha256::finish() noexcept {
  // §5.1.1: a one bit, zeros, and the length in bits, so that whole blocks come out.
  const std::uint64_t bits = length_ * 8;
  std::array<std::byte, block_size + 8> tail{std::byte{0x80}};
  const std::size_t held = length_ % block_size;
  const std::size_t padding = (held < block_size - 8 ? block_size : 2 * block_size) - 8 - held;
  store_be64(tail.data() + padding, bits);
  update(cbytes(tail).first(padding + 8));
  sha256_digest result;
  for (std::size_t i = 0; i < state_.size(); ++i) store_be32(result.data() + 4 * i, state_[i]);
  return result;
}

}  // namespace mirage
