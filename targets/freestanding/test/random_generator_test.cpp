// SPDX-License-Identifier: ISC
#include "mirage/freestanding/random_generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace {

using mirage::freestanding::random_generator;

random_generator::key key_of(unsigned char first) {
  random_generator::key key{};
  key[0] = std::byte{first};
  return key;
}

std::vector<std::byte> taken(random_generator& from, std::size_t size) {
  std::vector<std::byte> bytes(size);
  from.fill(bytes);
  return bytes;
}

// The key stream of ChaCha20 for a key and nonce of zeros (RFC 8439, appendix A.1, test vector 1): its first
// 32 bytes become the next key, what follows is given out.
TEST(random_generator, is_chacha20_behind_the_next_key) {
  random_generator from(random_generator::key{});
  constexpr unsigned char wanted[] = {0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0,
                                      0x3f, 0xb8, 0xd8, 0x4a, 0x37, 0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18};
  const auto found = taken(from, sizeof wanted);
  EXPECT_TRUE(
      std::ranges::equal(found, wanted, {}, [](std::byte b) { return std::to_integer<unsigned char>(b); }));
}

TEST(random_generator, gives_the_same_bytes_however_they_are_taken) {
  random_generator one(key_of(1));
  random_generator other(key_of(1));
  const auto whole = taken(one, 2000);
  std::vector<std::byte> parts;
  for (std::size_t size = 1; parts.size() < whole.size(); ++size) {
    const auto part = taken(other, std::min(size, whole.size() - parts.size()));
    parts.insert(parts.end(), part.begin(), part.end());
  }
  EXPECT_EQ(whole, parts);
}

TEST(random_generator, never_repeats_a_block) {
  random_generator from(key_of(2));
  std::set<std::vector<std::byte>> seen;
  for (unsigned i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(taken(from, 16)).second);
}

TEST(random_generator, entropy_changes_what_follows) {
  random_generator one(key_of(3));
  random_generator other(key_of(3));
  EXPECT_EQ(taken(one, 16), taken(other, 16));
  constexpr std::byte entropy[] = {std::byte{1}};
  one.mix(entropy);
  EXPECT_NE(taken(one, 16), taken(other, 16));
}

// What was given out, and the key that it came from, must not lie in memory any more.
TEST(random_generator, forgets) {
  random_generator from(key_of(4));
  const auto given = taken(from, 64);
  const auto memory = std::as_bytes(std::span(&from, 1));
  EXPECT_TRUE(std::ranges::search(memory, std::span(given).first(16)).empty());
  const auto key = key_of(4);
  EXPECT_TRUE(std::ranges::search(memory, key).empty());
}

}  // namespace
