// SPDX-License-Identifier: ISC
#include "mirage/ip/reassembly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using verdict = fragment_verdict;

constexpr instant start = test::virtual_start;
const std::string header("\x45header of 20 bytes.", 20);

std::string pattern(std::size_t size) {
  std::string made(size, '\0');
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>(i * 7 + i / 251);
  return made;
}

struct reassembling : testing::Test {
  test::virtual_node node;
  ip_reassembly table{reassembly_options{.datagrams = 4, .bytes = 300'000}};
  reassembled whole;

  verdict add(std::size_t offset, std::string_view payload, bool more, std::uint16_t id = 1,
              std::uint8_t traffic_class = 0, instant now = start) {
    const fragment_place where{
        .of = {ipv4_address("10.0.0.1"), ipv4_address("10.0.0.2"), id, 17},
        .offset = offset,
        .more = more,
        .traffic_class = traffic_class,
        .greatest_end = 65535 - header.size(),
    };
    return table.add(where, as_bytes(header), as_bytes(payload), now, whole);
  }
  void expect_whole(std::string_view payload) {
    EXPECT_EQ(whole.payload.text(), payload);
    EXPECT_EQ(as_text(whole.header_bytes()), header);
    EXPECT_EQ(table.datagrams(), 0u);
    EXPECT_EQ(table.memory(), 0u);
    EXPECT_EQ(table.next_timeout(), never);
    whole = {};
    EXPECT_EQ(node.buffers.live(), 0u);
  }
};

TEST_F(reassembling, fragments_in_every_order_make_the_datagram) {
  const std::string all = pattern(30);
  std::vector<std::size_t> order{0, 8, 16, 24};
  do {
    for (std::size_t i = 0; i < order.size(); ++i) {
      const verdict came = add(order[i], std::string_view(all).substr(order[i], 8), order[i] != 24);
      EXPECT_EQ(came, i + 1 == order.size() ? verdict::complete : verdict::taken);
    }
    expect_whole(all);
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(reassembling, the_longest_datagram) {
  const std::string all = pattern(65535 - 20);
  constexpr std::size_t each = 1480;
  for (std::size_t at = 0; at < all.size(); at += each)
    EXPECT_EQ(add(at, std::string_view(all).substr(at, each), at + each < all.size()),
              at + each < all.size() ? verdict::taken : verdict::complete);
  expect_whole(all);
}

TEST_F(reassembling, datagrams_are_told_apart) {
  EXPECT_EQ(add(0, "aaaaaaaa", true, 1), verdict::taken);
  EXPECT_EQ(add(0, "bbbbbbbb", true, 2), verdict::taken);
  EXPECT_EQ(add(8, "B", false, 2), verdict::complete);
  EXPECT_EQ(whole.payload.text(), "bbbbbbbbB");
  EXPECT_EQ(add(8, "A", false, 1), verdict::complete);
  expect_whole("aaaaaaaaA");
}

TEST_F(reassembling, a_fragment_that_comes_twice_is_harmless) {
  EXPECT_EQ(add(0, "aaaaaaaa", true), verdict::taken);
  EXPECT_EQ(add(0, "xxxxxxxx", true), verdict::duplicate);
  EXPECT_EQ(add(8, "b", false), verdict::complete);
  expect_whole("aaaaaaaab");
}

TEST_F(reassembling, an_overlap_drops_the_datagram_and_what_still_comes_of_it) {
  struct fragment {
    std::size_t offset;
    std::size_t size;
    bool more;
  };
  const std::vector<std::pair<fragment, fragment>> overlapping{
      {{0, 16, true}, {8, 16, true}},   // behind
      {{8, 16, true}, {0, 16, true}},   // before
      {{0, 24, true}, {8, 8, true}},    // inside
      {{8, 8, true}, {0, 24, true}},    // around
      {{0, 16, true}, {0, 8, true}},    // the beginning
      {{0, 16, true}, {8, 8, false}},   // the end
      {{8, 8, false}, {8, 16, true}},   // beyond the end
      {{8, 8, false}, {16, 8, true}},   // behind the end
      {{8, 8, false}, {16, 8, false}},  // another end
      {{16, 8, true}, {8, 8, false}},   // an end before what came
  };
  std::uint16_t id = 0;
  for (const auto& [first, second] : overlapping) {
    ++id;
    EXPECT_EQ(add(first.offset, pattern(first.size), first.more, id), verdict::taken) << id;
    EXPECT_EQ(add(second.offset, pattern(second.size), second.more, id), verdict::overlap) << id;
    EXPECT_EQ(add(32, "x", false, id), verdict::dropped) << id;
    EXPECT_EQ(table.memory(), 0u);
  }
  EXPECT_FALSE(table.expire(start + 1h)) << "nobody is told of an attack";
  EXPECT_EQ(table.datagrams(), 0u);
}

TEST_F(reassembling, impossible_fragments_are_malformed) {
  EXPECT_EQ(add(0, "", true), verdict::malformed);
  EXPECT_EQ(add(8, "", false), verdict::malformed);
  EXPECT_EQ(add(0, "seven b", true), verdict::malformed);
  EXPECT_EQ(add(65528, pattern(8), false), verdict::malformed) << "the ping of death";
  EXPECT_EQ(table.datagrams(), 0u);
}

TEST_F(reassembling, what_stays_incomplete_is_told_after_a_minute) {
  EXPECT_EQ(add(0, "aaaaaaaa", true, 1), verdict::taken);
  EXPECT_EQ(add(16, "cccccccc", true, 1, 0, start + 50s), verdict::taken) << "the time counts from the first";
  EXPECT_EQ(add(8, "bbbbbbbb", true, 2), verdict::taken);
  EXPECT_EQ(table.next_timeout(), start + 60s);
  EXPECT_FALSE(table.expire(start + 59s));
  std::vector<std::string> told;
  while (const auto late = table.expire(start + 60s))
    told.push_back(std::string(as_text(late->header_bytes())) + std::string(late->payload.text()));
  std::ranges::sort(told);
  EXPECT_EQ(told, (std::vector<std::string>{"", header + "aaaaaaaa"}));
  EXPECT_EQ(table.memory(), 0u);
}

TEST_F(reassembling, at_the_cap_the_oldest_datagram_goes) {
  for (std::uint16_t id = 1; id <= 5; ++id)
    EXPECT_EQ(add(0, pattern(8), true, id, 0, start + id * 1s), verdict::taken);
  EXPECT_EQ(table.datagrams(), 4u);
  EXPECT_EQ(table.take_evicted(), 1u);
  EXPECT_EQ(add(8, "x", false, 2), verdict::complete);
  EXPECT_EQ(add(8, "x", false, 1), verdict::taken) << "the first one is not known any more";
}

TEST_F(reassembling, memory_has_a_cap) {
  // Each takes 64 KiB: of 300'000 bytes there is room for four, and a fifth goes for the first.
  for (std::uint16_t id = 1; id <= 20; ++id) {
    EXPECT_EQ(add(40'000, pattern(8), true, id, 0, start + id * 1s), verdict::taken);
    EXPECT_LE(table.memory(), 300'000u);
  }
  ip_reassembly small{{.datagrams = 4, .bytes = 1000}};
  EXPECT_EQ(small.add({.offset = 8000}, as_bytes(header), as_bytes("x"), start, whole), verdict::no_memory);
  EXPECT_EQ(small.memory(), 0u);
}

TEST_F(reassembling, fragments_of_one_datagram_have_a_cap) {
  for (std::size_t i = 0; i < ip_reassembly::most_fragments; ++i)
    EXPECT_EQ(add(8 * (i + 1), pattern(8), true), verdict::taken);
  EXPECT_EQ(add(8 * 100, pattern(8), true), verdict::too_many);
  EXPECT_EQ(table.memory(), 0u);
}

TEST_F(reassembling, congestion_that_one_fragment_met_the_whole_has_met) {
  EXPECT_EQ(add(0, pattern(8), true, 1, 0xb8 | 2), verdict::taken);
  EXPECT_EQ(add(8, "x", false, 1, 0xb8 | 3), verdict::complete);
  EXPECT_TRUE(whole.congestion);
  EXPECT_EQ(add(0, pattern(8), true, 2, 3), verdict::taken);
  EXPECT_EQ(add(8, "x", false, 2, 0), verdict::bad_ecn);
}

TEST_F(reassembling, many_datagrams_at_random_come_out_right_or_not_at_all) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const std::string all = pattern(1 + random() % 400);
    std::vector<std::size_t> offsets;
    for (std::size_t at = 0; at < all.size(); at += 64) offsets.push_back(at);
    std::ranges::shuffle(offsets, random);
    const auto id = static_cast<std::uint16_t>(round);
    for (const std::size_t at : offsets) {
      if (random() % 20 == 0) break;
      if (add(at, std::string_view(all).substr(at, 64), at + 64 < all.size(), id) != verdict::complete)
        continue;
      ASSERT_EQ(whole.payload.text(), all);
      ASSERT_EQ(at, offsets.back());
    }
    ASSERT_LE(table.datagrams(), 4u);
    whole = {};
  }
}

}  // namespace
}  // namespace mirage
