// SPDX-License-Identifier: ISC
// `v1::kv_ro`: values whole and in parts, dictionaries, and what the wrong keys give.
//
// The subject, besides what suite.hpp asks for:
//   using kv_ro = ...;   the implementation under test
//   kv_ro& device();     a store with exactly `kv_content()`
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "mirage/core/sha256.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

struct kv_entry {
  std::string key;
  std::string value;
};

/// What a read-only store under test holds.
inline std::vector<kv_entry> kv_content() {
  return {{"a.b/c", "sorted before a/b, listed after a"},
          {"a/b", "b"},
          {"css/deep/er/file.txt", "deep"},
          {"css/site.css", "body { color: black }\n"},
          {"empty", ""},
          {"gr\xc3\xbc\xc3\x9f gott", "keys are bytes"},
          {"index.html", "<!doctype html><title>hello</title>\n"},
          {"large.bin", pattern(200'000)}};
}

template <class Subject>
class kv_ro_suite {
  using kv_ro = typename Subject::kv_ro;
  static_assert(v1::kv_ro<kv_ro>);

 public:
  explicit kv_ro_suite(Subject& made) : subject(made) {}
  Subject& subject;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> values_are_whole() {
    for (const kv_entry& entry : kv_content()) {
      auto value = co_await subject.device().get(entry.key);
      EXPECT_TRUE(text_of(value) == entry.value) << entry.key;
      auto size = co_await subject.device().size(entry.key);
      EXPECT_EQ(outcome(size), "ok");
      EXPECT_EQ(size.value_or(0), entry.value.size()) << entry.key;
    }
  }

  task<> values_come_in_parts() {
    const std::string whole = pattern(200'000);
    for (const std::size_t offset :
         {std::size_t{0}, std::size_t{1}, std::size_t{70'000}, whole.size() - 10}) {
      auto part = co_await subject.device().get("large.bin", offset, 5000);
      EXPECT_TRUE(text_of(part) == whole.substr(offset, 5000)) << "from " << offset;
    }
    auto nothing = co_await subject.device().get("large.bin", 5, 0);
    EXPECT_EQ(text_of(nothing), "");
  }

  task<> nothing_lies_beyond_the_end() {
    constexpr std::uint64_t far_away = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t offset : {std::uint64_t{200'000}, std::uint64_t{1'000'000}, far_away}) {
      auto part = co_await subject.device().get("large.bin", offset, 100);
      EXPECT_EQ(text_of(part), "") << "from " << offset;
    }
    auto all = co_await subject.device().get("index.html", 3, std::numeric_limits<std::size_t>::max());
    EXPECT_EQ(text_of(all), "octype html><title>hello</title>\n");
  }

  task<> dictionaries_are_listed_in_order() {
    auto root = co_await subject.device().list("");
    MIRAGE_CO_ASSERT(root.has_value());
    const std::vector<v1::kv_item> expected{{"a", true},
                                            {"a.b", true},
                                            {"css", true},
                                            {"empty", false},
                                            {"gr\xc3\xbc\xc3\x9f gott", false},
                                            {"index.html", false},
                                            {"large.bin", false}};
    EXPECT_TRUE(*root == expected) << names(*root);
    auto css = co_await subject.device().list("css");
    MIRAGE_CO_ASSERT(css.has_value());
    EXPECT_TRUE((*css == std::vector<v1::kv_item>{{"deep", true}, {"site.css", false}})) << names(*css);
    auto deep = co_await subject.device().list("css/deep/er");
    MIRAGE_CO_ASSERT(deep.has_value());
    EXPECT_TRUE((*deep == std::vector<v1::kv_item>{{"file.txt", false}})) << names(*deep);
  }

  task<> what_is_not_there_is_not_found() {
    for (const char* key :
         {"nothing", "css/nothing", "nothing/at/all", "index.htm", "index.html2", "cs", "CSS"}) {
      auto value = co_await subject.device().get(key);
      EXPECT_EQ(error_of(value), v1::kv_error::not_found) << key;
      auto part = co_await subject.device().get(key, 0, 1);
      EXPECT_EQ(error_of(part), v1::kv_error::not_found) << key;
      auto size = co_await subject.device().size(key);
      EXPECT_EQ(error_of(size), v1::kv_error::not_found) << key;
      auto list = co_await subject.device().list(key);
      EXPECT_EQ(error_of(list), v1::kv_error::not_found) << key;
      auto modified = co_await subject.device().last_modified(key);
      EXPECT_EQ(error_of(modified), v1::kv_error::not_found) << key;
      auto digest = co_await subject.device().digest(key);
      EXPECT_EQ(error_of(digest), v1::kv_error::not_found) << key;
    }
  }

  task<> what_is_no_key_is_refused() {
    const std::string too_long(1025, 'x');
    const std::string with_nul("a\0b", 3);
    for (const std::string& key :
         {std::string("/index.html"), std::string("css/"), std::string("css//site.css"), std::string("."),
          std::string(".."), std::string("css/../index.html"), std::string("./index.html"), with_nul,
          too_long}) {
      auto value = co_await subject.device().get(key);
      EXPECT_EQ(error_of(value), v1::kv_error::bad_key) << key;
      auto size = co_await subject.device().size(key);
      EXPECT_EQ(error_of(size), v1::kv_error::bad_key) << key;
      auto list = co_await subject.device().list(key);
      EXPECT_EQ(error_of(list), v1::kv_error::bad_key) << key;
      auto digest = co_await subject.device().digest(key);
      EXPECT_EQ(error_of(digest), v1::kv_error::bad_key) << key;
    }
    auto root = co_await subject.device().get("");
    EXPECT_EQ(error_of(root), v1::kv_error::bad_key) << "the root is no value";
  }

  task<> the_other_kind_is_told() {
    auto value = co_await subject.device().get("css");
    EXPECT_EQ(error_of(value), v1::kv_error::value_expected);
    auto size = co_await subject.device().size("css/deep");
    EXPECT_EQ(error_of(size), v1::kv_error::value_expected);
    auto digest = co_await subject.device().digest("css");
    EXPECT_EQ(error_of(digest), v1::kv_error::value_expected);
    auto list = co_await subject.device().list("index.html");
    EXPECT_EQ(error_of(list), v1::kv_error::dictionary_expected);
    auto beneath = co_await subject.device().get("index.html/more");
    EXPECT_TRUE(error_of(beneath) == v1::kv_error::dictionary_expected ||
                error_of(beneath) == v1::kv_error::not_found)
        << outcome(beneath);
  }

  task<> digests_are_of_the_values() {
    for (const kv_entry& entry : kv_content()) {
      auto digest = co_await subject.device().digest(entry.key);
      MIRAGE_CO_ASSERT(digest.has_value());
      EXPECT_TRUE(*digest == sha256::of(as_bytes(entry.value))) << entry.key;
    }
  }

  task<> the_last_change_is_known() {
    for (const kv_entry& entry : kv_content()) {
      auto modified = co_await subject.device().last_modified(entry.key);
      EXPECT_EQ(outcome(modified), "ok") << entry.key;
    }
  }

  task<> a_value_outlives_the_question() {
    std::string key = "index.html";
    auto first = co_await subject.device().get(key);
    key.assign(key.size(), 'x');
    auto second = co_await subject.device().get("css/site.css");
    EXPECT_EQ(text_of(first), "<!doctype html><title>hello</title>\n");
    EXPECT_EQ(text_of(second), "body { color: black }\n");
  }

  static std::vector<suite_test<kv_ro_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(kv_ro_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(kv_ro_suite, values_are_whole),
        MIRAGE_SUITE_TEST(kv_ro_suite, values_come_in_parts),
        MIRAGE_SUITE_TEST(kv_ro_suite, nothing_lies_beyond_the_end),
        MIRAGE_SUITE_TEST(kv_ro_suite, dictionaries_are_listed_in_order),
        MIRAGE_SUITE_TEST(kv_ro_suite, what_is_not_there_is_not_found),
        MIRAGE_SUITE_TEST(kv_ro_suite, what_is_no_key_is_refused),
        MIRAGE_SUITE_TEST(kv_ro_suite, the_other_kind_is_told),
        MIRAGE_SUITE_TEST(kv_ro_suite, digests_are_of_the_values),
        MIRAGE_SUITE_TEST(kv_ro_suite, the_last_change_is_known),
        MIRAGE_SUITE_TEST(kv_ro_suite, a_value_outlives_the_question),
    };
  }

 private:
  static std::string names(const std::vector<v1::kv_item>& items) {
    std::string all;
    for (const v1::kv_item& item : items) all += item.name + (item.dictionary ? "/ " : " ");
    return all;
  }
};

}  // namespace mirage::test
