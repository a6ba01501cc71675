// SPDX-License-Identifier: ISC
#include <mirage/crunch/index.hpp>

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "store_of.hpp"

namespace mirage {
namespace {

using values = std::vector<std::pair<std::string, std::string>>;

TEST(crunch_index, an_empty_one_has_nothing) {
  const test::store_of store(values{});
  EXPECT_EQ(store.index.find(""), nullptr);
  EXPECT_EQ(store.index.find("index.html"), nullptr);
}

TEST(crunch_index, finds_every_key_and_nothing_else) {
  std::mt19937_64 random{7};
  for (const std::size_t count : {1U, 2U, 3U, 10U, 100U, 5000U}) {
    std::set<std::string> keys;
    while (keys.size() < count) {
      std::string key(1 + random() % 40, '\0');
      for (char& c : key) c = static_cast<char>(random());
      keys.insert(key);
    }
    values all;
    for (const std::string& key : keys) all.emplace_back(key, "content of " + key);
    const test::store_of store(all);
    for (const std::string& key : keys) {
      const crunch_entry* found = store.index.find(key);
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(found->key, key);
      EXPECT_EQ(as_text(found->asset.identity), "content of " + key);
      EXPECT_EQ(store.index.find(key + "x") != nullptr, keys.contains(key + "x"));
      const std::string shorter = key.substr(0, key.size() - 1);
      EXPECT_EQ(store.index.find(shorter) != nullptr, keys.contains(shorter));
    }
  }
}

TEST(crunch_index, the_hash_sees_the_length_and_every_byte) {
  std::set<std::uint64_t> hashes;
  const std::string zeros(20, '\0');
  for (std::size_t length = 0; length <= zeros.size(); ++length) {
    const auto text = std::string_view(zeros).substr(0, length);
    EXPECT_TRUE(hashes.insert(crunch_hash(text)).second) << length << " zeros";
    for (std::size_t i = 0; i < length; ++i) {
      std::string other(text);
      other[i] = 'x';
      EXPECT_TRUE(hashes.insert(crunch_hash(other)).second) << "x at " << i << " of " << length;
    }
  }
}

TEST(crunch_index, the_tables_depend_on_nothing_but_the_keys) {
  const std::vector<std::string_view> keys{"a", "b/c", "b/d", "index.html"};
  const auto first = make_crunch_tables(keys);
  const auto second = make_crunch_tables(keys);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->displacements, second->displacements);
  EXPECT_EQ(first->slots, second->slots);
}

}  // namespace
}  // namespace mirage
