// SPDX-License-Identifier: ISC
// A whole store, from the folder `sample` through mirage-crunch, the compiler and the linker to `crunch`.
#include <gtest/gtest.h>
#include <mirage/core/sha256.hpp>
#include <mirage/crunch.hpp>

#include "sample.hpp"

namespace mirage {
namespace {

using store = crunch<generated::sample>;
static_assert(v1::kv_assets<store>);

TEST(generated, every_file_is_there) {
  const store files;
  EXPECT_EQ(files.name(), "sample");
  EXPECT_EQ(generated::sample::index.entries.size(), 5U);
  const v1::asset* page = files.find("index.html");
  ASSERT_NE(page, nullptr);
  EXPECT_TRUE(as_text(page->identity).starts_with("<!doctype html>\n"));
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(page->last_modified, wall_time{std::chrono::seconds{1'700'000'000}});
  EXPECT_EQ(as_text(files.find("binary.bin")->identity), std::string_view("\0\1\xff\xfe", 4));
  EXPECT_EQ(files.find("docs"), nullptr);
}

TEST(generated, digests_are_those_of_the_content) {
  store files;
  for (const crunch_entry& entry : generated::sample::index.entries) {
    auto digest = files.digest(entry.key);
    EXPECT_EQ(digest.await_resume(), sha256::of(entry.asset.identity)) << entry.key;
  }
}

TEST(generated, variants_and_copies) {
  const store files;
  const v1::asset* text = files.find("docs/long.txt");
  const v1::asset* copy = files.find("docs/the same (copy) \xc3\xa9.txt");
  ASSERT_TRUE(text != nullptr && copy != nullptr);
  EXPECT_LT(text->gzip.size(), text->identity.size() / 2);
  EXPECT_LT(text->brotli.size(), text->gzip.size());
  EXPECT_EQ(as_text(text->gzip).substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(text->identity.data(), copy->identity.data());
  EXPECT_EQ(text->etag, copy->etag);
  EXPECT_TRUE(files.find("index.html")->gzip.empty()) << "too small to pay";
}

TEST(generated, an_empty_file_is_a_value) {
  store files;
  auto operation = files.get("docs/empty");
  const auto value = operation.await_resume();
  ASSERT_TRUE(value.has_value());
  EXPECT_TRUE(static_cast<bool>(*value));
  EXPECT_EQ(value->size(), 0U);
}

}  // namespace
}  // namespace mirage
