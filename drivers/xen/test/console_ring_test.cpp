// SPDX-License-Identifier: ISC
#include "mirage/xen/console_ring.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>

namespace {

using namespace mirage::xen;

struct console_ring_test : testing::Test {
  std::unique_ptr<console_interface> page = std::make_unique<console_interface>();
  console_ring ring{*page};

  std::string shown() const {
    std::string text;
    for (; page->out_cons != page->out_prod; ++page->out_cons)
      text += page->out[page->out_cons % console_interface::out_size];
    return text;
  }
  void type(std::string_view text) const {
    for (const char c : text) page->in[page->in_prod++ % console_interface::in_size] = c;
  }
  std::string taken(std::size_t room = 100) {
    std::string text(room, ' ');
    text.resize(ring.take(std::as_writable_bytes(std::span(text))));
    return text;
  }
};

TEST_F(console_ring_test, shows_lines_as_a_terminal_wants_them) {
  EXPECT_EQ(ring.put("a\nb\n"), 4U);
  EXPECT_FALSE(ring.is_shown());
  EXPECT_EQ(shown(), "a\r\nb\r\n");
  EXPECT_TRUE(ring.is_shown());
}

TEST_F(console_ring_test, takes_no_more_than_there_is_room_for) {
  const std::string much(3000, 'x');
  EXPECT_EQ(ring.put(much), console_interface::out_size);
  EXPECT_EQ(ring.put("y"), 0U);
  EXPECT_EQ(shown(), std::string(2048, 'x'));
  EXPECT_EQ(ring.put("y"), 1U);
  EXPECT_EQ(shown(), "y");
}

TEST_F(console_ring_test, puts_all_where_the_other_end_takes_it_while_it_is_told) {
  std::string all;
  const std::string much(5000, 'x');
  EXPECT_TRUE(ring.put_all(
      much, [&] { all += shown(); }, [&](std::uint32_t before) { return ring.progress() != before; }));
  EXPECT_EQ(all, much);
}

TEST_F(console_ring_test, puts_all_where_the_other_end_takes_it_later) {
  std::string all;
  const std::string much(5000, 'x');
  EXPECT_TRUE(ring.put_all(
      much, [] {},
      [&](std::uint32_t before) {
        all += shown();
        return ring.progress() != before;
      }));
  EXPECT_EQ(all + shown(), much);
}

TEST_F(console_ring_test, gives_up_where_the_other_end_takes_nothing) {
  EXPECT_FALSE(ring.put_all(std::string(5000, 'x'), [] {}, [](std::uint32_t) { return false; }));
  EXPECT_FALSE(ring.wait_until_shown([](std::uint32_t) { return false; }));
  EXPECT_EQ(shown(), std::string(2048, 'x'));
  EXPECT_TRUE(ring.wait_until_shown([](std::uint32_t) { return false; }));
}

TEST_F(console_ring_test, a_line_end_goes_whole) {
  EXPECT_EQ(ring.put(std::string(2047, 'x') + "\n"), 2047U);
  EXPECT_EQ(shown().size(), 2047U);
  EXPECT_EQ(ring.put("\n"), 1U);
  EXPECT_EQ(shown(), "\r\n");
}

TEST_F(console_ring_test, indices_may_wrap) {
  page->out_cons = page->out_prod = 0xffff'fffe;
  page->in_cons = page->in_prod = 0xffff'fffe;
  EXPECT_EQ(ring.put("abcd"), 4U);
  EXPECT_EQ(shown(), "abcd");
  type("efgh");
  EXPECT_EQ(taken(), "efgh");
}

TEST_F(console_ring_test, gives_what_was_typed_in_pieces) {
  type("abc");
  EXPECT_EQ(taken(2), "ab");
  EXPECT_EQ(taken(2), "c");
  EXPECT_EQ(taken(2), "");
}

TEST_F(console_ring_test, an_index_that_cannot_be_is_an_empty_or_a_full_ring) {
  page->in_prod = 5000;
  EXPECT_EQ(taken(), "");
  page->out_cons = 1;
  EXPECT_EQ(ring.put("a"), 0U);
}

}  // namespace
