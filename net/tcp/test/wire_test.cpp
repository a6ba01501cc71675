// SPDX-License-Identifier: ISC
#include "mirage/tcp/wire.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mirage::tcp_protocol {
namespace {

TEST(wire, what_is_stored_is_read_back) {
  std::array<std::byte, 30> memory{};
  store_header(memory, {80, 4000, sequence(0x01020304), sequence(0x05060708), flag::syn | flag::ack, 500},
               24);
  const auto header = header_view::of(memory);
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->source(), 80);
  EXPECT_EQ(header->destination(), 4000);
  EXPECT_EQ(header->seq().value(), 0x01020304u);
  EXPECT_EQ(header->ack().value(), 0x05060708u);
  EXPECT_EQ(header->flags(), flag::syn | flag::ack);
  EXPECT_EQ(header->window(), 500);
  EXPECT_EQ(header->checksum(), 0);
  EXPECT_EQ(header->urgent(), 0);
  EXPECT_EQ(header->size(), 24u);
  EXPECT_EQ(header->options().size(), 4u);
  EXPECT_EQ(header->payload().size(), 6u);
}

TEST(wire, impossible_lengths_are_refused) {
  std::array<std::byte, 60> memory{};
  for (std::size_t size = 0; size < header_size; ++size)
    EXPECT_FALSE(header_view::of(cbytes(memory).first(size)).has_value());
  for (unsigned words = 0; words < 16; ++words) {
    memory[12] = static_cast<std::byte>(words << 4);
    EXPECT_EQ(header_view::of(cbytes(memory).first(40)).has_value(), words >= 5 && words <= 10) << words;
  }
}

}  // namespace
}  // namespace mirage::tcp_protocol
