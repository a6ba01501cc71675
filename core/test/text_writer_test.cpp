// SPDX-License-Identifier: ISC
#include "mirage/core/text_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace mirage {
namespace {

TEST(text_writer, keeps_what_fits_and_says_what_was_cut) {
  std::array<char, 8> space;
  text_writer out(space);
  out.append("abc");
  out.append('d');
  EXPECT_EQ(out.text(), "abcd");
  EXPECT_FALSE(out.cut());
  out.append("efgh");
  EXPECT_EQ(out.text(), "abcdefgh");
  EXPECT_FALSE(out.cut());
  out.append("ij");
  EXPECT_EQ(out.text(), "abcdefgh");
  EXPECT_TRUE(out.cut());
  EXPECT_EQ(out.total(), 10u);
}

TEST(text_writer, cuts_in_the_middle_of_a_piece) {
  std::array<char, 4> space;
  text_writer out(space);
  out.append("abcdef");
  EXPECT_EQ(out.text(), "abcd");
  EXPECT_TRUE(out.cut());
}

TEST(text_writer, without_space_measures) {
  text_writer out{std::span<char>()};
  out.append("hello");
  out.append(20, ' ');
  EXPECT_EQ(out.total(), 25u);
  EXPECT_TRUE(out.text().empty());
  EXPECT_TRUE(out.cut());
}

TEST(text_writer, an_empty_append_cuts_nothing) {
  text_writer out{std::span<char>()};
  out.append("");
  out.append(std::string_view());
  out.append(0, 'x');
  EXPECT_FALSE(out.cut());
  EXPECT_EQ(out.total(), 0u);
}

TEST(text_writer, repeats_a_character) {
  std::array<char, 64> space;
  for (std::size_t count : {0u, 1u, 15u, 16u, 17u, 33u}) {
    text_writer out(space);
    out.append(count, '-');
    EXPECT_EQ(out.text(), std::string(count, '-'));
  }
}

TEST(text_writer, flush_without_a_function_keeps_the_text) {
  std::array<char, 8> space;
  text_writer out(space);
  out.append("abc");
  out.flush();
  EXPECT_EQ(out.text(), "abc");
}

TEST(text_stream, hands_over_chunks_and_the_rest_at_the_end) {
  std::vector<std::string> chunks;
  {
    text_stream<decltype([](std::string_view) {}), 4> unused{{}};
    auto sink = [&](std::string_view chunk) { chunks.emplace_back(chunk); };
    text_stream<decltype(sink), 4> out(sink);
    out.append("ab");
    out.append("cd");
    EXPECT_TRUE(chunks.empty());
    out.append('e');
    EXPECT_EQ(chunks, (std::vector<std::string>{"abcd"}));
    out.append("a long piece");  // passes by the chunk
    EXPECT_EQ(chunks, (std::vector<std::string>{"abcd", "e", "a long piece"}));
    out.append("z");
    EXPECT_FALSE(out.cut());
    EXPECT_EQ(out.total(), 18u);
  }
  EXPECT_EQ(chunks, (std::vector<std::string>{"abcd", "e", "a long piece", "z"}));
}

TEST(text_stream, loses_nothing_of_a_long_text) {
  std::string got;
  std::string wanted;
  {
    text_stream out([&](std::string_view chunk) { got += chunk; });
    for (std::size_t i = 0; i < 500; ++i) {
      const std::string piece(i, static_cast<char>('a' + i % 26));
      out.append(piece);
      wanted += piece;
    }
  }
  EXPECT_EQ(got, wanted);
}

std::string escaped(std::string_view text) {
  std::array<char, 128> space;
  text_writer out(space);
  append_escaped(out, text);
  return std::string(out.text());
}

TEST(append_escaped, leaves_plain_text_and_utf_8_alone) {
  EXPECT_EQ(escaped("GET /index.html"), "GET /index.html");
  EXPECT_EQ(escaped("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(escaped(""), "");
}

TEST(append_escaped, makes_control_characters_visible) {
  EXPECT_EQ(escaped("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(escaped("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
  EXPECT_EQ(escaped(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(escaped("say \"\\\""), "say \\\"\\\\\\\"");
}

}  // namespace
}  // namespace mirage
