// SPDX-License-Identifier: ISC
// `v1::kv_assets`: the forms of a value. The store runs `kv_ro_suite`, too.
//
// The subject, besides what suite.hpp asks for:
//   using kv_assets = ...;   the implementation under test
//   kv_assets& device();     a store with exactly `kv_content()`
#pragma once

#include <string>
#include <vector>

#include "mirage/test/suites/kv_ro_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class kv_assets_suite {
  using kv_assets = typename Subject::kv_assets;
  static_assert(v1::kv_assets<kv_assets>);

 public:
  explicit kv_assets_suite(Subject& made) : subject(made) {}
  Subject& subject;

  void every_value_has_its_identity_form() {
    for (const kv_entry& entry : kv_content()) {
      const v1::asset* found = subject.device().find(entry.key);
      ASSERT_NE(found, nullptr) << entry.key;
      EXPECT_TRUE(as_text(found->identity) == entry.value) << entry.key;
    }
  }

  void what_is_no_value_is_not_found() {
    for (const char* key :
         {"", "css", "nothing", "css/nothing", "/index.html", "index.html/", "..", "css/../empty"})
      EXPECT_EQ(subject.device().find(key), nullptr) << key;
  }

  void etags_are_quoted_and_differ() {
    std::vector<std::string_view> seen;
    for (const kv_entry& entry : kv_content()) {
      const v1::asset* found = subject.device().find(entry.key);
      ASSERT_NE(found, nullptr);
      ASSERT_GE(found->etag.size(), 3u) << entry.key;
      EXPECT_EQ(found->etag.front(), '"');
      EXPECT_EQ(found->etag.back(), '"');
      for (const std::string_view other : seen) EXPECT_NE(found->etag, other);
      seen.push_back(found->etag);
    }
  }

  void types_are_media_types() {
    for (const kv_entry& entry : kv_content()) {
      const v1::asset* found = subject.device().find(entry.key);
      ASSERT_NE(found, nullptr);
      EXPECT_NE(found->content_type.find('/'), std::string_view::npos) << entry.key;
    }
  }

  void precompressed_forms_are_worth_it() {
    for (const kv_entry& entry : kv_content()) {
      const v1::asset* found = subject.device().find(entry.key);
      ASSERT_NE(found, nullptr);
      if (!found->gzip.empty()) {
        EXPECT_LT(found->gzip.size(), found->identity.size()) << entry.key;
      }
      if (!found->brotli.empty()) {
        EXPECT_LT(found->brotli.size(), found->identity.size()) << entry.key;
      }
    }
  }

  task<> a_value_is_the_asset_without_a_copy() {
    for (const kv_entry& entry : kv_content()) {
      const v1::asset* found = subject.device().find(entry.key);
      MIRAGE_CO_ASSERT(found != nullptr);
      auto value = co_await subject.device().get(entry.key);
      MIRAGE_CO_ASSERT(value.has_value());
      if (value->empty()) continue;
      EXPECT_EQ(value->data(), found->identity.data()) << entry.key;
    }
  }

  static std::vector<suite_test<kv_assets_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(kv_assets_suite, every_value_has_its_identity_form),
        MIRAGE_SUITE_TEST(kv_assets_suite, what_is_no_value_is_not_found),
        MIRAGE_SUITE_TEST(kv_assets_suite, etags_are_quoted_and_differ),
        MIRAGE_SUITE_TEST(kv_assets_suite, types_are_media_types),
        MIRAGE_SUITE_TEST(kv_assets_suite, precompressed_forms_are_worth_it),
        MIRAGE_SUITE_TEST(kv_assets_suite, a_value_is_the_asset_without_a_copy),
    };
  }
};

}  // namespace mirage::test
