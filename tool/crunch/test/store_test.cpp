// SPDX-License-Identifier: ISC
#include "../src/store.hpp"

#include <gtest/gtest.h>

#include "temporary_folder.hpp"

namespace mirage::crunch_generator {
namespace {

outcome<store> store_of(const test::temporary_folder& folder) {
  return make_store(read_folder(folder.path)->files);
}

std::string_view part(const store& content, const extent& place) {
  return std::string_view(content.data).substr(place.offset, place.size);
}

TEST(store, holds_digest_type_tag_and_content) {
  const test::temporary_folder folder;
  folder.put("index.html", "<p>home</p>");
  const auto content = store_of(folder);
  ASSERT_TRUE(content.has_value());
  ASSERT_EQ(content->entries.size(), 1U);
  const store_entry& entry = content->entries[0];
  EXPECT_EQ(entry.key, "index.html");
  EXPECT_EQ(entry.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(part(*content, entry.identity), "<p>home</p>");
  const auto digest = sha256::of(as_bytes("<p>home</p>"));
  EXPECT_EQ(part(*content, {entry.digest_offset, 32}), as_text(digest));
  EXPECT_EQ(entry.etag, entity_tag(digest));
}

TEST(store, an_entity_tag_is_the_digest_in_base64url) {
  sha256_digest digest{};
  EXPECT_EQ(entity_tag(digest), "\"AAAAAAAAAAAAAAAAAAAAAA\"");
  digest.fill(std::byte{0xff});
  EXPECT_EQ(entity_tag(digest), "\"_____________________w\"");
  digest[0] = std::byte{0x04};
  EXPECT_EQ(entity_tag(digest).substr(0, 4), "\"BP_");
}

TEST(store, equal_values_are_kept_once) {
  const test::temporary_folder folder;
  const std::string text(10'000, 'x');
  folder.put("a.txt", text);
  folder.put("b.txt", text);
  folder.put("c.png", text);
  const auto content = store_of(folder);
  ASSERT_TRUE(content.has_value());
  const auto& [a, b, c] = std::tie(content->entries[0], content->entries[1], content->entries[2]);
  EXPECT_EQ(a.identity.offset, b.identity.offset);
  EXPECT_EQ(a.gzip.offset, b.gzip.offset);
  EXPECT_EQ(a.identity.offset, c.identity.offset);
  EXPECT_EQ(c.gzip.size, 0U) << "another type, other variants";
  EXPECT_LT(content->data.size(), 11'000U);
}

std::string noise(std::size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>((seed = seed * 1664525U + 1013904223U) >> 24U);
  return bytes;
}

TEST(store, large_values_begin_at_pages_and_small_ones_fill_the_gaps) {
  const test::temporary_folder folder;
  const std::vector<std::pair<std::string, std::string>> files{
      {"a.png", noise(16'385, 1)}, {"b.png", noise(20'000, 2)}, {"c.png", noise(1'000, 3)},
      {"d.png", noise(40'000, 4)}, {"e.png", noise(500, 5)},    {"f.png", noise(16'383, 6)}};
  for (const auto& [name, bytes] : files) folder.put(name, bytes);
  const auto content = store_of(folder);
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->alignment, 4096U);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const store_entry& entry = content->entries[i];
    EXPECT_EQ(part(*content, entry.identity), files[i].second) << entry.key;
    if (entry.identity.size >= 16'384) EXPECT_EQ(entry.identity.offset % 4096, 0U) << entry.key;
  }
  EXPECT_LT(content->entries[2].identity.offset, content->entries[1].identity.offset)
      << "it fits before b.png";
  EXPECT_LT(content->data.size(), 16'385U + 20'000U + 40'000U + 16'383U + 3U * 4096U);
}

TEST(store, small_values_want_no_pages) {
  const test::temporary_folder folder;
  folder.put("a.png", noise(16'383, 1));
  const auto content = store_of(folder);
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->alignment, 64U);
  EXPECT_EQ(content->data.size(), 32U + 16'383U);
}

TEST(store, plain_has_no_variants) {
  const test::temporary_folder folder;
  folder.put("page.html", std::string(10'000, 'a'));
  ASSERT_GT(store_of(folder)->entries[0].gzip.size, 0u);
  const auto content = make_store(read_folder(folder.path)->files, forms::plain);
  ASSERT_TRUE(content);
  EXPECT_EQ(content->entries[0].identity.size, 10'000u);
  EXPECT_EQ(content->entries[0].gzip.size, 0u);
  EXPECT_EQ(content->entries[0].brotli.size, 0u);
}

TEST(store, an_empty_folder_makes_an_empty_store) {
  const test::temporary_folder folder;
  const auto content = store_of(folder);
  ASSERT_TRUE(content.has_value());
  EXPECT_TRUE(content->entries.empty());
  EXPECT_TRUE(content->data.empty());
}

TEST(store, many_files_keep_their_order) {
  const test::temporary_folder folder;
  for (int i = 100; i < 400; ++i) folder.put("f" + std::to_string(i), std::to_string(i));
  const auto content = store_of(folder);
  ASSERT_TRUE(content.has_value());
  ASSERT_EQ(content->entries.size(), 300U);
  for (int i = 0; i < 300; ++i) {
    const store_entry& entry = content->entries[static_cast<std::size_t>(i)];
    EXPECT_EQ(entry.key, "f" + std::to_string(i + 100));
    EXPECT_EQ(part(*content, entry.identity), std::to_string(i + 100));
  }
}

TEST(store, a_file_that_cannot_be_read_stops_it) {
  const auto content = make_store({{"memory", "/proc/self/mem"}});
  ASSERT_FALSE(content.has_value());
  EXPECT_EQ(content.error().sentence.substr(0, 16), "/proc/self/mem: ");
}

}  // namespace
}  // namespace mirage::crunch_generator
