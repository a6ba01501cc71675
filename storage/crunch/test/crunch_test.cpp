// SPDX-License-Identifier: ISC
#include <mirage/crunch.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store_of.hpp"

namespace mirage {
namespace {

using v1::kv_error;

const test::store_of& sample() {
  static const test::store_of store({{"index.html", "<p>home</p>"},
                                     {"empty", ""},
                                     {"a-b/one", "1"},
                                     {"a/c", "2"},
                                     {"a/d/e", "3"},
                                     {"a0", "4"},
                                     {"ab", "5"}});
  return store;
}

// What an operation of the store answers; none of them waits.
template <class T>
T answer_of(ready<T> operation) {
  return operation.await_resume();
}

class crunch_test : public ::testing::Test {
 protected:
  std::string listing(std::string_view dictionary) {
    const auto items = answer_of(store.list(dictionary));
    if (!items) return std::string(describe(items.error()));
    std::string text;
    for (const v1::kv_item& item : *items) text += item.name + (item.dictionary ? "/ " : " ");
    return text;
  }
  crunch_store store{sample().index};
};

TEST_F(crunch_test, get_gives_the_bytes_of_the_image_themselves) {
  const auto value = answer_of(store.get("index.html"));
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->text(), "<p>home</p>");
  EXPECT_EQ(value->data(), store.find("index.html")->identity.data());
}

TEST_F(crunch_test, an_empty_value_is_a_value) {
  const auto value = answer_of(store.get("empty"));
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->size(), 0U);
  EXPECT_EQ(answer_of(store.size("empty")), 0U);
}

TEST_F(crunch_test, a_part_ends_with_the_value) {
  EXPECT_EQ(answer_of(store.get("index.html", 3, 4))->text(), "home");
  EXPECT_EQ(answer_of(store.get("index.html", 7, 100))->text(), "</p>");
  EXPECT_EQ(answer_of(store.get("index.html", 11, 1))->size(), 0U);
  EXPECT_EQ(answer_of(store.get("index.html", 12, 1))->size(), 0U);
  EXPECT_EQ(answer_of(store.get("index.html", ~std::uint64_t{0}, ~std::size_t{0}))->size(), 0U);
}

TEST_F(crunch_test, size_and_digest) {
  EXPECT_EQ(answer_of(store.size("index.html")), 11U);
  EXPECT_EQ(answer_of(store.digest("index.html")), sha256::of(as_bytes("<p>home</p>")));
  EXPECT_EQ(answer_of(store.last_modified("index.html")), wall_time{});
}

TEST_F(crunch_test, lists_are_sorted_by_name) {
  EXPECT_EQ(listing(""), "a/ a-b/ a0 ab empty index.html ");
  EXPECT_EQ(listing("a"), "c d/ ");
  EXPECT_EQ(listing("a/d"), "e ");
  EXPECT_EQ(listing("a-b"), "one ");
}

TEST_F(crunch_test, every_operation_names_the_same_mistake) {
  const auto mistakes = [this](std::string_view key) {
    return std::vector{answer_of(store.get(key)).error(), answer_of(store.get(key, 0, 1)).error(),
                       answer_of(store.size(key)).error(), answer_of(store.digest(key)).error(),
                       answer_of(store.last_modified(key)).error()};
  };
  EXPECT_EQ(mistakes("nothing"), std::vector(5, kv_error::not_found));
  EXPECT_EQ(mistakes("a/c/x"), std::vector(5, kv_error::not_found));
  EXPECT_EQ(mistakes("a"), std::vector(5, kv_error::value_expected));
  EXPECT_EQ(mistakes("a/d"), std::vector(5, kv_error::value_expected));
  EXPECT_EQ(mistakes("a/"), std::vector(5, kv_error::bad_key));
  EXPECT_EQ(mistakes(""), std::vector(5, kv_error::bad_key));
  EXPECT_EQ(mistakes("a/../index.html"), std::vector(5, kv_error::bad_key));
  EXPECT_EQ(listing("index.html"), describe(kv_error::dictionary_expected));
  EXPECT_EQ(listing("b"), describe(kv_error::not_found));
  EXPECT_EQ(listing("a/"), describe(kv_error::bad_key));
}

TEST_F(crunch_test, a_name_that_a_dictionary_begins_with_is_none) {
  EXPECT_EQ(store.find("a"), nullptr);
  EXPECT_EQ(listing("a/"), describe(kv_error::bad_key));
  EXPECT_EQ(listing("inde"), describe(kv_error::not_found));
}

struct folder {
  static const crunch_index index;
};
const crunch_index folder::index{"folder", {}, {}, {}};
static_assert(v1::kv_assets<crunch<folder>>);

TEST(crunch, an_empty_folder_lists_as_empty) {
  crunch<folder> store;
  EXPECT_EQ(store.name(), "folder");
  const auto items = answer_of(store.list(""));
  ASSERT_TRUE(items.has_value());
  EXPECT_TRUE(items->empty());
  EXPECT_EQ(answer_of(store.get("x")).error(), kv_error::not_found);
}

}  // namespace
}  // namespace mirage
