// SPDX-License-Identifier: ISC
// The variants are read back with the decoders of zlib and brotli.
#include "../src/compress.hpp"

#include <brotli/decode.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <random>
#include <string>

namespace mirage::crunch_generator {
namespace {

std::uint8_t* raw(std::string& text) { return static_cast<std::uint8_t*>(static_cast<void*>(text.data())); }

std::string gunzip(std::string packed, std::size_t size) {
  std::string out(size + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
  stream.next_in = raw(packed);
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = raw(out);
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::string unbrotli(std::string packed, std::size_t size) {
  std::string out(size + 1, '\0');
  std::size_t length = out.size();
  EXPECT_EQ(BrotliDecoderDecompress(packed.size(), raw(packed), &length, raw(out)),
            BROTLI_DECODER_RESULT_SUCCESS);
  out.resize(length);
  return out;
}

std::string prose(std::size_t size) {
  std::string text;
  std::minstd_rand random{3};
  while (text.size() < size)
    text += "word" + std::to_string(random() % 1000) + (random() % 9 == 0 ? ".\n" : " ");
  text.resize(size);
  return text;
}

TEST(compress, variants_unpack_to_the_content) {
  for (const std::size_t size : {0U, 1U, 1000U, 100'000U, 2'200'000U}) {
    const std::string content = prose(size);
    EXPECT_EQ(gunzip(gzip(content), size), content);
    EXPECT_EQ(unbrotli(brotli(content), size), content);
  }
}

TEST(compress, gzip_tells_neither_time_nor_place) {
  const std::string packed = gzip("content");
  EXPECT_EQ(packed.substr(0, 10), std::string("\x1f\x8b\x08\0\0\0\0\0\x02\xff", 10));
}

TEST(compress, text_gets_both_variants_and_brotli_is_the_smaller) {
  const auto made = make_variants(prose(20'000), "text/html; charset=utf-8");
  ASSERT_FALSE(made.gzip.empty());
  ASSERT_FALSE(made.brotli.empty());
  EXPECT_LT(made.brotli.size(), made.gzip.size());
}

TEST(compress, what_does_not_pay_is_left_out) {
  EXPECT_TRUE(make_variants(prose(50), "text/plain").gzip.empty());
  EXPECT_TRUE(make_variants("", "text/plain").brotli.empty());
  std::string noise(50'000, '\0');
  std::mt19937 random{1};
  for (char& c : noise) c = static_cast<char>(random());
  EXPECT_TRUE(make_variants(noise, "text/plain").gzip.empty());
  EXPECT_TRUE(make_variants(noise, "text/plain").brotli.empty());
  EXPECT_TRUE(make_variants(prose(20'000), "image/png").gzip.empty());
}

TEST(compress, the_margin) {
  EXPECT_TRUE(pays(936, 1000));
  EXPECT_FALSE(pays(937, 1000)) << "63 bytes fewer";
  EXPECT_TRUE(pays(95'000, 100'000));
  EXPECT_FALSE(pays(95'001, 100'000)) << "less than a twentieth";
  EXPECT_FALSE(pays(0, 0));
}

}  // namespace
}  // namespace mirage::crunch_generator
