// SPDX-License-Identifier: ISC
// Against the definition of RFC 1071 §1, word by word: every short length at every alignment, random long
// data, every way to cut a message in parts; the examples of RFC 1071 §3 and RFC 1624 §4.
#include "mirage/checksum.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "mirage/core/endian.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

std::uint16_t naive(cbytes data) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < data.size(); ++i)
    sum += std::to_integer<std::uint64_t>(data[i]) << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

std::vector<std::byte> random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::byte> made(size);
  for (std::byte& each : made) each = static_cast<std::byte>(random());
  return made;
}

TEST(checksum, the_example_of_rfc_1071) {
  const std::array data{std::byte{0x00}, std::byte{0x01}, std::byte{0xf2}, std::byte{0x03},
                        std::byte{0xf4}, std::byte{0xf5}, std::byte{0xf6}, std::byte{0xf7}};
  EXPECT_EQ(checksum::sum_of(data), 0xddf2);
  EXPECT_EQ(checksum::finish(0xddf2), 0x220d);
}

TEST(checksum, equals_the_definition_at_every_length_and_alignment) {
  const std::vector<std::byte> data = random_bytes(1024, 1);
  for (std::size_t offset = 0; offset < 16; ++offset)
    for (std::size_t size = 0; size + offset <= 700; ++size) {
      const cbytes part = cbytes(data).subspan(offset, size);
      ASSERT_EQ(checksum::sum_of(part), naive(part)) << size << " bytes from " << offset;
    }
}

TEST(checksum, equals_the_definition_for_long_data_and_extreme_bytes) {
  for (const std::size_t size : {65535u, 65536u, 1u << 20, (1u << 20) + 3}) {
    const std::vector<std::byte> mixed = random_bytes(size, size);
    EXPECT_EQ(checksum::sum_of(mixed), naive(mixed)) << size;
    const std::vector<std::byte> ones(size, std::byte{0xff});
    EXPECT_EQ(checksum::sum_of(ones), naive(ones)) << size;
    const std::vector<std::byte> zeros(size);
    EXPECT_EQ(checksum::sum_of(zeros), 0) << size;
  }
}

TEST(checksum, nothing_has_the_sum_zero) {
  EXPECT_EQ(checksum::sum_of(cbytes{}), 0);
  EXPECT_EQ(checksum::finish(0), 0xffff);
}

TEST(checksum, a_message_in_parts_has_the_sum_of_the_whole) {
  test::virtual_node node;
  const std::vector<std::byte> data = random_bytes(40, 2);
  const cbytes all(data);
  for (std::size_t first = 0; first <= all.size(); ++first)
    for (std::size_t second = first; second <= all.size(); ++second) {
      buffer_list rest;
      rest.push_back(buffer::copy_of(all.subspan(first, second - first)));
      rest.push_back(buffer::copy_of(all.subspan(second)));
      ASSERT_EQ(checksum::sum_of(all.first(first), rest), naive(all)) << first << ", " << second;
    }
}

TEST(checksum, a_running_sum_goes_on_where_another_ended) {
  const std::vector<std::byte> data = random_bytes(101, 3);
  checksum::running_sum sum(0x1234);
  for (std::size_t at = 0, size = 1; at < data.size(); at += size, ++size)
    sum.append(cbytes(data).subspan(at, std::min(size, data.size() - at)));
  EXPECT_EQ(sum.sum(), checksum::add(0x1234, naive(data)));
}

TEST(checksum, folds_every_carry) {
  EXPECT_EQ(checksum::fold(0), 0);
  EXPECT_EQ(checksum::fold(0xffff), 0xffff);
  EXPECT_EQ(checksum::fold(0x10000), 1);
  EXPECT_EQ(checksum::fold(0xffff'ffff), 0xffff);
  EXPECT_EQ(checksum::fold(0xffff'ffff'ffff'ffff), 0xffff);
  EXPECT_EQ(checksum::fold(0x1'0000'0000), 1);
  std::mt19937_64 random(4);
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t wide = random() >> (random() % 64);
    EXPECT_EQ(checksum::fold(wide) % 0xffff, wide % 0xffff);
    EXPECT_EQ(checksum::fold(wide) == 0, wide == 0);
  }
}

TEST(checksum, pseudo_header_of_ipv4_is_its_bytes) {
  const ipv4_address source("192.0.2.255");
  const ipv4_address destination("255.255.255.254");
  std::array<std::byte, 12> written{};
  source.store(&written[0]);
  destination.store(&written[4]);
  written[9] = std::byte{17};
  store_be16(&written[10], 65535);
  EXPECT_EQ(checksum::pseudo_header(source, destination, 17, 65535), naive(written));
}

TEST(checksum, pseudo_header_of_ipv6_is_its_bytes) {
  const ipv6_address source("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  const ipv6_address destination("fe80::1");
  std::array<std::byte, 40> written{};
  source.store(&written[0]);
  destination.store(&written[16]);
  store_be32(&written[32], 0x12345678);
  written[39] = std::byte{58};
  EXPECT_EQ(checksum::pseudo_header(source, destination, 58, 0x12345678), naive(written));
}

TEST(checksum, an_update_equals_a_new_sum) {
  // RFC 1624 §4: the case in which RFC 1141 gave 0xffff in place of 0.
  EXPECT_EQ(checksum::update(0xdd2f, std::uint16_t{0x5555}, std::uint16_t{0x3285}), 0x0000);
  std::mt19937_64 random(5);
  for (int i = 0; i < 10000; ++i) {
    std::vector<std::byte> data = random_bytes(20, random());
    const std::size_t at = 2 * (random() % 9);
    const std::uint16_t before = checksum::finish(naive(data));
    const std::uint32_t was = load_be32(&data[at]);
    const auto becomes = static_cast<std::uint32_t>(random());
    store_be32(&data[at], becomes);
    EXPECT_EQ(checksum::update(before, was, becomes), checksum::finish(naive(data)));
  }
}

TEST(checksum, udp_never_writes_zero) {
  EXPECT_EQ(checksum::finish_not_zero(0xffff), 0xffff);
  EXPECT_EQ(checksum::finish_not_zero(0), 0xffff);
  EXPECT_EQ(checksum::finish_not_zero(0x1234), 0xedcb);
}

TEST(checksum, what_holds_its_checksum_is_verified) {
  std::vector<std::byte> data = random_bytes(61, 6);
  store_be16(&data[10], 0);
  store_be16(&data[10], checksum::finish(checksum::sum_of(data)));
  EXPECT_EQ(checksum::sum_of(data), checksum::verified);
  data[60] ^= std::byte{1};
  EXPECT_NE(checksum::sum_of(data), checksum::verified);
}

}  // namespace
}  // namespace mirage
