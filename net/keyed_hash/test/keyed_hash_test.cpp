// SPDX-License-Identifier: ISC
#include "mirage/keyed_hash.hpp"

#include <gtest/gtest.h>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr endpoint one = "10.0.0.1:80";
constexpr endpoint other = "[2001:db8::1]:4000";

TEST(keyed_hash, is_hmac_sha_256) {
  // RFC 4231 §4.2 has a key of 20 bytes; a shorter key is filled up with zeros, so it can be given as 32.
  keyed_hash::key key{};
  for (std::size_t i = 0; i < 20; ++i) key[i] = std::byte{0x0b};
  const keyed_hash hash(key);
  EXPECT_EQ(hash.of(as_bytes("Hi There")), 0xb0344c61d8db3853u);
}

TEST(keyed_hash, depends_on_the_key) {
  keyed_hash::key key{};
  const keyed_hash nought(key);
  key[31] = std::byte{1};
  const keyed_hash differs(key);
  EXPECT_NE(nought.of(one, other, 1), differs.of(one, other, 1));
  EXPECT_EQ(nought.of(one, other, 1), keyed_hash(keyed_hash::key{}).of(one, other, 1));
}

TEST(keyed_hash, depends_on_both_ends_their_order_and_the_purpose) {
  const keyed_hash hash(keyed_hash::key{});
  const std::uint64_t usual = hash.of(one, other, 1);
  EXPECT_NE(usual, hash.of(other, one, 1));
  EXPECT_NE(usual, hash.of(one, other, 2));
  EXPECT_NE(usual, hash.of(endpoint(one.address, 81), other, 1));
  EXPECT_NE(usual, hash.of(one, endpoint("[2001:db8::2]:4000"), 1));
}

TEST(keyed_hash, takes_its_key_from_the_node) {
  test::virtual_node node({}, 1);
  const keyed_hash first;
  const keyed_hash second;
  EXPECT_NE(first.of(one, other, 0), second.of(one, other, 0));
}

}  // namespace
}  // namespace mirage
