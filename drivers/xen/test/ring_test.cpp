// SPDX-License-Identifier: ISC
#include "mirage/xen/ring.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "fake_xen.hpp"

namespace mirage::xen {
namespace {

using kind = front_ring::response::kind;

struct both_sides {
  explicit both_sides(std::size_t entry = 12) : front(page.data(), entry), back(page.data(), entry) {}
  void add(std::uint32_t number) { store_le32(front.add().entry, number); }
  front_ring::response take(std::uint32_t& number) {
    std::array<std::byte, 4> response{};
    const auto taken = front.take(response);
    number = load_le32(response.data());
    return taken;
  }
  alignas(page_size) std::array<std::byte, page_size> page{};
  front_ring front;
  test::fake_back_ring back;
};

TEST(ring, has_as_many_entries_as_the_page_holds) {
  std::array<std::byte, page_size> page;
  EXPECT_EQ(front_ring(page.data(), 12).size(), 256u);
  EXPECT_EQ(front_ring(page.data(), 8).size(), 256u);
  EXPECT_EQ(front_ring(page.data(), 112).size(), 32u);
}

TEST(ring, hands_requests_to_the_back_end_and_responses_back) {
  both_sides ring;
  ring.add(7);
  EXPECT_EQ(ring.back.waiting(), 0u) << "the back end saw it before it was published";
  EXPECT_TRUE(ring.front.publish());
  EXPECT_FALSE(ring.front.publish()) << "there is nothing new";
  ASSERT_EQ(ring.back.waiting(), 1u);
  EXPECT_EQ(ring.back.take().substr(0, 4), std::string("\x07\0\0\0", 4));
  std::uint32_t number = 0;
  EXPECT_EQ(ring.take(number).what, kind::none);
  ring.back.put(std::string("\x09\0\0\0", 4));
  EXPECT_TRUE(ring.back.show());
  const auto taken = ring.take(number);
  EXPECT_EQ(taken.what, kind::one);
  EXPECT_EQ(taken.place, 0u);
  EXPECT_EQ(number, 9u);
  EXPECT_EQ(ring.front.in_flight(), 0u);
}

TEST(ring, goes_round_and_indices_may_overflow) {
  both_sides ring(112);
  std::uint32_t next = 0;
  std::uint32_t answered = 0;
  for (int round = 0; round < 1000; ++round) {
    while (ring.front.room() != 0) ring.add(next++);
    static_cast<void>(ring.front.publish());
    for (int i = 0; i < 13; ++i) ring.back.put(ring.back.take());
    static_cast<void>(ring.back.show());
    std::uint32_t number = 0;
    while (ring.take(number).what == kind::one) ASSERT_EQ(number, answered++);
  }
  EXPECT_EQ(answered, 13'000u);
}

TEST(ring, a_back_end_that_works_is_not_notified) {
  both_sides ring;
  ring.add(1);
  EXPECT_TRUE(ring.front.publish());
  ring.add(2);
  EXPECT_FALSE(ring.front.publish()) << "it has not asked for another event";
  static_cast<void>(ring.back.take());
  static_cast<void>(ring.back.take());
  ring.add(3);
  EXPECT_TRUE(ring.front.publish());
}

TEST(ring, asks_for_an_event_behind_several_responses) {
  both_sides ring;
  for (std::uint32_t i = 0; i < 4; ++i) ring.add(i);
  static_cast<void>(ring.front.publish());
  EXPECT_TRUE(ring.front.arm(2));
  for (int i = 0; i < 2; ++i) {
    ring.back.put(ring.back.take());
    EXPECT_FALSE(ring.back.show());
  }
  ring.back.put(ring.back.take());
  EXPECT_TRUE(ring.back.show());
  EXPECT_FALSE(ring.front.arm(2)) << "they have come already";
}

TEST(ring, an_index_that_jumps_is_a_fault_that_stays) {
  for (const std::uint32_t index : {2U, 300U, 0xffff'ffffU}) {
    both_sides ring;
    ring.add(1);
    static_cast<void>(ring.front.publish());
    ring.back.set_index(index);
    std::uint32_t number = 0;
    EXPECT_EQ(ring.take(number).what, kind::broken) << index;
    ring.back.set_index(1);
    EXPECT_EQ(ring.take(number).what, kind::broken) << index;
  }
}

TEST(ring, what_is_added_and_not_published_cannot_be_answered) {
  both_sides ring;
  ring.add(1);
  ring.back.set_index(1);
  std::uint32_t number = 0;
  EXPECT_EQ(ring.take(number).what, kind::broken);
}

TEST(request_numbers, are_each_in_flight_once) {
  request_numbers numbers(3);
  const auto first = numbers.take();
  EXPECT_EQ(numbers.give_back(3), ring_fault::id_out_of_range);
  EXPECT_EQ(numbers.give_back(UINT64_MAX), ring_fault::id_out_of_range);
  EXPECT_EQ(numbers.give_back(first + 1U), ring_fault::not_in_flight);
  EXPECT_EQ(numbers.give_back(first), ring_fault::none);
  EXPECT_EQ(numbers.give_back(first), ring_fault::not_in_flight);
  for (int i = 0; i < 3; ++i) static_cast<void>(numbers.take());
  EXPECT_EQ(numbers.free(), 0);
}

}  // namespace
}  // namespace mirage::xen
