// SPDX-License-Identifier: ISC
// The chunked transfer coding, RFC 9112 §7.1.
#include "mirage/http/chunked.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mirage::http {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using outcome = chunked_decoder::outcome;

struct decoded {
  std::string data;
  std::size_t consumed = 0;
  outcome last = outcome::incomplete;
  refusal reason = refusal::none;
};

/// Gives `text` in pieces of `piece` bytes.
decoded decode(std::string_view text, std::size_t piece, const limits& bounds) {
  chunked_decoder decoder{bounds};
  decoded result;
  while (result.last == outcome::incomplete && result.consumed < text.size()) {
    std::string_view part = text.substr(result.consumed, piece);
    while (!part.empty()) {
      const chunked_decoder::step step = decoder.decode(as_bytes(part));
      result.consumed += step.consumed;
      part.remove_prefix(step.consumed);
      result.data += as_text(step.data);
      result.reason = step.reason;
      if (step.what == outcome::data) continue;
      result.last = step.what;
      EXPECT_TRUE(part.empty() || step.what != outcome::incomplete) << text;
      break;
    }
  }
  return result;
}

decoded decode_whole_and_bytewise(std::string_view text, const limits& bounds = {}) {
  const decoded whole = decode(text, text.size(), bounds);
  const decoded bytewise = decode(text, 1, bounds);
  EXPECT_EQ(whole.data, bytewise.data) << text;
  EXPECT_EQ(whole.last, bytewise.last) << text;
  EXPECT_EQ(whole.consumed, bytewise.consumed) << text;
  EXPECT_EQ(whole.reason, bytewise.reason) << text;
  return whole;
}

TEST(Chunked, DecodesBodies) {
  struct example {
    std::string_view text;
    std::string_view data;
  };
  constexpr example examples[] = {
      {"0\r\n\r\n", ""},
      {"5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", "hello world"},
      {"0005\r\nhello\r\n0000\r\n\r\n", "hello"},
      {"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"},
      {"2\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
      {"0\r\nTrailer: x\r\nOther:\r\n\r\n", ""},
      // Extensions, with the blanks that the grammar lets a sender put (BWS).
      {"1;a\r\nx\r\n0;b=c\r\n\r\n", "x"},
      {"1 ; a = b ; c = \"d e\" ; f\r\nx\r\n0\r\n\r\n", "x"},
      {"1\t;a=\"\t\xff\\\"\"\r\nx\r\n0\r\n\r\n", "x"},
  };
  for (const example& e : examples) {
    const std::string text = std::string(e.text) + "next";
    const decoded result = decode_whole_and_bytewise(text);
    EXPECT_EQ(result.last, outcome::done) << e.text;
    EXPECT_EQ(result.data, e.data) << e.text;
    EXPECT_EQ(result.consumed, e.text.size()) << e.text;
  }
}

TEST(Chunked, RefusesWhatCouldBeReadInTwoWays) {
  struct example {
    std::string text;
    refusal reason;
  };
  const example examples[] = {
      {"\r\n", refusal::chunk_size},
      {" 5\r\n", refusal::chunk_size},
      {"x\r\n", refusal::chunk_size},
      {"0x5\r\n", refusal::chunk_size},
      {"-1\r\n", refusal::chunk_size},
      {"+1\r\n", refusal::chunk_size},
      {"5,\r\n", refusal::chunk_size},
      {"10000000000000000\r\n", refusal::chunk_size},
      {"00000000000000005\r\n", refusal::chunk_size},
      {"ffffffffffffffff\r\n", refusal::body_too_long},
      {"100001\r\n", refusal::body_too_long},
      {"5\nhello", refusal::bare_lf},
      {"\n", refusal::bare_lf},
      {"5\rhello", refusal::bare_cr},
      {"5\0\r\n"s, refusal::nul},
      {"5 \r\nhello", refusal::chunk_extension},
      {"5;\r\nhello", refusal::chunk_extension},
      {"5;a \r\nhello", refusal::chunk_extension},
      {"5;a=\r\nhello", refusal::chunk_extension},
      {"5;=a\r\nhello", refusal::chunk_extension},
      {"5;a=b \r\nhello", refusal::chunk_extension},
      {"5;a=b c\r\nhello", refusal::chunk_extension},
      {"5;a=\"b\" \r\nhello", refusal::chunk_extension},
      {"5;a=\"b\"c\r\nhello", refusal::chunk_extension},
      {"5;a=\"b\x01\"\r\nhello", refusal::chunk_extension},
      {"5;a=\"\\\x01\"\r\nhello", refusal::chunk_extension},
      {"5;a\nhello", refusal::bare_lf},
      {"5;\nhello", refusal::bare_lf},
      {"5;a=\"b\nc\"\r\nhello", refusal::bare_lf},
      {"5;a=\"b\0c\"\r\nhello"s, refusal::nul},
      {"5;a \0"s, refusal::nul},
      {"5;a\rhello", refusal::bare_cr},
      {"5;a=\"b\r\"\r\nhello", refusal::chunk_extension},
      {"5\r\nhello5\r\n", refusal::chunk_end},
      {"5\r\nhello\n0\r\n", refusal::chunk_end},
      {"5\r\nhello\rX", refusal::chunk_end},
      {"0\r\n folded\r\n\r\n", refusal::line_folding},
      {"0\r\nA : b\r\n\r\n", refusal::space_before_colon},
      {"0\r\n: b\r\n\r\n", refusal::field_name},
      {"0\r\nAb\r\n\r\n", refusal::field_name},
      {"0\r\nA\nb\r\n\r\n", refusal::bare_lf},
      {"0\r\nA\0b\r\n\r\n"s, refusal::nul},
      {"0\r\nA: b\x01\r\n\r\n", refusal::control_character},
      {"0\r\nA: b\n\r\n", refusal::bare_lf},
      {"0\r\nA: b\0\r\n"s, refusal::nul},
      {"0\r\nA: b\rc", refusal::bare_cr},
      {"0\r\n\n", refusal::bare_lf},
      {"0\r\n\rx", refusal::bare_cr},
  };
  for (const example& e : examples) {
    const decoded result = decode_whole_and_bytewise(e.text);
    EXPECT_EQ(result.last, outcome::refused) << e.text;
    EXPECT_EQ(describe(result.reason), describe(e.reason)) << e.text;
  }
}

TEST(Chunked, RefusesAtEachLimitAndNotBelow) {
  limits small;
  small.body_bytes = 8;
  small.chunk_extension_bytes = 4;
  small.trailer_bytes = 6;
  auto reason = [&](std::string_view text) {
    return describe(decode_whole_and_bytewise(text, small).reason);
  };
  EXPECT_EQ(reason("4\r\nabcd\r\n4\r\nabcd\r\n0\r\n\r\n"), "none");
  EXPECT_EQ(reason("4\r\nabcd\r\n5\r\nabcde\r\n0\r\n\r\n"), "body_too_long");
  EXPECT_EQ(reason("1;abc\r\nx\r\n0\r\n\r\n"), "none");
  EXPECT_EQ(reason("1;abcd\r\nx\r\n0\r\n\r\n"), "chunk_extension_too_long");
  EXPECT_EQ(reason("1;a\r\nx\r\n1;a\r\nx\r\n0\r\n\r\n"), "none");
  EXPECT_EQ(reason("1;a\r\nx\r\n1;a\r\nx\r\n0;a\r\n\r\n"), "chunk_extension_too_long");
  EXPECT_EQ(reason("0\r\nA: b\r\n\r\n"), "none");
  EXPECT_EQ(reason("0\r\nAb: b\r\n\r\n"), "trailer_too_long");
}

TEST(Chunked, CountsWhatItDecoded) {
  const limits bounds;
  chunked_decoder decoder{bounds};
  (void)decoder.decode(as_bytes("5\r\n"));
  EXPECT_EQ(decoder.total(), 5u);
  decoder.reset();
  EXPECT_EQ(decoder.total(), 0u);
  EXPECT_EQ(decoder.decode(as_bytes("0\r\n\r\n")).what, outcome::done);
  EXPECT_EQ(decoder.decode(as_bytes("5\r\n")).consumed, 0u);  // nothing behind the end is touched
}

TEST(Chunked, WritesWhatItCanRead) {
  EXPECT_EQ(chunk_prefix(0x1f40, true).text(), "1f40\r\n");
  EXPECT_EQ(chunk_prefix(0x1f40, false).text(), "\r\n1f40\r\n");
  EXPECT_EQ(chunk_prefix(UINT64_MAX, false).text(), "\r\nffffffffffffffff\r\n");
  std::string text;
  text += chunk_prefix(5, true).text();
  text += "hello";
  text += chunk_prefix(16, false).text();
  text += "0123456789abcdef";
  text += last_chunk;
  EXPECT_EQ(decode_whole_and_bytewise(text).data, "hello0123456789abcdef");
  EXPECT_EQ(decode_whole_and_bytewise(only_chunk).last, outcome::done);
}

}  // namespace
}  // namespace mirage::http
