// SPDX-License-Identifier: ISC
#include <mirage/core/endian.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>

namespace mirage {
namespace {

// One byte in front, so that every access is misaligned.
struct endian : testing::Test {
  std::array<std::byte, 9> memory{};
  std::byte* at = memory.data() + 1;
  void fill() {
    for (unsigned i = 0; i < 8; ++i) at[i] = static_cast<std::byte>(0x81 + i);
  }
  unsigned byte(unsigned index) const { return std::to_integer<unsigned>(at[index]); }
};

TEST_F(endian, loads_the_first_byte_as_the_highest) {
  fill();
  EXPECT_EQ(load_be16(at), 0x8182U);
  EXPECT_EQ(load_be32(at), 0x81828384U);
  EXPECT_EQ(load_be64(at), 0x8182838485868788U);
}

TEST_F(endian, loads_the_first_byte_as_the_lowest) {
  fill();
  EXPECT_EQ(load_le16(at), 0x8281U);
  EXPECT_EQ(load_le32(at), 0x84838281U);
  EXPECT_EQ(load_le64(at), 0x8887868584838281U);
}

TEST_F(endian, stores_the_highest_byte_first_and_no_byte_more) {
  store_be16(at, 0x0102);
  EXPECT_EQ(byte(0), 1U);
  EXPECT_EQ(byte(1), 2U);
  EXPECT_EQ(byte(2), 0U);
  store_be32(at, 0x01020304);
  EXPECT_EQ(byte(3), 4U);
  EXPECT_EQ(byte(4), 0U);
  store_be64(at, 0x0102030405060708);
  EXPECT_EQ(byte(0), 1U);
  EXPECT_EQ(byte(7), 8U);
}

TEST_F(endian, stores_the_lowest_byte_first_and_no_byte_more) {
  store_le16(at, 0x0201);
  EXPECT_EQ(byte(0), 1U);
  EXPECT_EQ(byte(1), 2U);
  EXPECT_EQ(byte(2), 0U);
  store_le32(at, 0x04030201);
  EXPECT_EQ(byte(3), 4U);
  EXPECT_EQ(byte(4), 0U);
  store_le64(at, 0x0807060504030201);
  EXPECT_EQ(byte(0), 1U);
  EXPECT_EQ(byte(7), 8U);
}

TEST_F(endian, what_is_stored_is_loaded) {
  for (const std::uint64_t value :
       {0x0ULL, 0xffffffffffffffffULL, 0x0123456789abcdefULL, 0x8000000000000001ULL}) {
    store_be64(at, value);
    EXPECT_EQ(load_be64(at), value);
    store_le64(at, value);
    EXPECT_EQ(load_le64(at), value);
    store_be32(at, static_cast<std::uint32_t>(value));
    EXPECT_EQ(load_be32(at), static_cast<std::uint32_t>(value));
    store_le32(at, static_cast<std::uint32_t>(value));
    EXPECT_EQ(load_le32(at), static_cast<std::uint32_t>(value));
    store_be16(at, static_cast<std::uint16_t>(value));
    EXPECT_EQ(load_be16(at), static_cast<std::uint16_t>(value));
    store_le16(at, static_cast<std::uint16_t>(value));
    EXPECT_EQ(load_le16(at), static_cast<std::uint16_t>(value));
  }
}

}  // namespace
}  // namespace mirage
