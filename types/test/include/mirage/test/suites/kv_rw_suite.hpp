// SPDX-License-Identifier: ISC
// `v1::kv_rw`: setting, removing, renaming, and what survives. `kv_rw_as_ro` makes the subject for
// `kv_ro_suite`, which the store runs, too.
//
// The subject, besides what suite.hpp asks for:
//   using kv_rw = ...;   the implementation under test
//   kv_rw& device();     a store that is empty at first
//   task<> crash();      the power fails and comes back, `device()` is the store afterwards; optional
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/kv_ro_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// A subject of `kv_ro_suite` from one of `kv_rw_suite`: fills the store first.
template <class Subject>
struct kv_rw_as_ro : Subject {
  using kv_ro = typename Subject::kv_rw;
  kv_rw_as_ro() { this->run(fill()); }

 private:
  task<> fill() {
    for (const kv_entry& entry : kv_content()) {
      auto set = co_await this->device().set(entry.key, buffer_of(entry.value));
      require(set.has_value(), "the subject cannot be filled");
    }
  }
};

template <class Subject>
class kv_rw_suite {
  using kv_rw = typename Subject::kv_rw;
  static_assert(v1::kv_rw<kv_rw>);

 public:
  explicit kv_rw_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  task<> it_is_empty_at_first() {
    auto root = co_await subject.device().list("");
    MIRAGE_CO_ASSERT(root.has_value());
    EXPECT_TRUE(root->empty());
  }

  task<> a_value_is_what_was_set_last() {
    for (const std::string& text : {std::string("one"), std::string("longer than one"), std::string()}) {
      co_await put("key", text);
      co_await expect("key", text);
    }
  }

  task<> dictionaries_are_made_on_the_way() {
    co_await put("a/b/c", "deep");
    auto list = co_await subject.device().list("a");
    MIRAGE_CO_ASSERT(list.has_value());
    EXPECT_TRUE((*list == std::vector<v1::kv_item>{{"b", true}}));
    co_await expect("a/b/c", "deep");
  }

  task<> what_was_got_stays_what_it_was() {
    co_await put("key", "before");
    auto before = co_await subject.device().get("key");
    co_await put("key", "after!");
    EXPECT_EQ(text_of(before), "before");
    auto removed = co_await subject.device().remove("key");
    EXPECT_EQ(outcome(removed), "ok");
    EXPECT_EQ(text_of(before), "before");
  }

  task<> a_part_is_overwritten() {
    co_await put("key", "0123456789");
    auto part = co_await subject.device().set_partial("key", 3, buffer_of("abc"));
    EXPECT_EQ(outcome(part), "ok");
    co_await expect("key", "012abc6789");
    part = co_await subject.device().set_partial("key", 8, buffer_of("xyz"));
    EXPECT_EQ(outcome(part), "ok");
    co_await expect("key", "012abc67xyz");
  }

  task<> a_gap_reads_as_zeros() {
    co_await put("key", "ab");
    auto part = co_await subject.device().set_partial("key", 5, buffer_of("cd"));
    EXPECT_EQ(outcome(part), "ok");
    co_await expect("key", std::string("ab\0\0\0cd", 7));
    part = co_await subject.device().set_partial("fresh", 2, buffer_of("x"));
    EXPECT_EQ(outcome(part), "ok");
    co_await expect("fresh", std::string("\0\0x", 3));
  }

  task<> what_is_removed_is_gone() {
    co_await put("dir/one", "1");
    co_await put("dir/two", "2");
    co_await put("dir/sub/three", "3");
    auto removed = co_await subject.device().remove("dir/one");
    EXPECT_EQ(outcome(removed), "ok");
    auto one = co_await subject.device().get("dir/one");
    EXPECT_EQ(error_of(one), v1::kv_error::not_found);
    co_await expect("dir/two", "2");
    removed = co_await subject.device().remove("dir");
    EXPECT_EQ(outcome(removed), "ok");
    for (const char* key : {"dir/two", "dir/sub/three"}) {
      auto value = co_await subject.device().get(key);
      EXPECT_EQ(error_of(value), v1::kv_error::not_found) << key;
    }
    removed = co_await subject.device().remove("dir");
    EXPECT_EQ(error_of(removed), v1::kv_error::not_found);
  }

  task<> a_value_is_renamed_and_replaces() {
    co_await put("from", "moved");
    co_await put("to", "replaced");
    auto renamed = co_await subject.device().rename("from", "to");
    EXPECT_EQ(outcome(renamed), "ok");
    co_await expect("to", "moved");
    auto gone = co_await subject.device().get("from");
    EXPECT_EQ(error_of(gone), v1::kv_error::not_found);
    renamed = co_await subject.device().rename("to", "new/place");
    EXPECT_EQ(outcome(renamed), "ok");
    co_await expect("new/place", "moved");
  }

  task<> a_dictionary_is_renamed_with_all_that_is_in_it() {
    co_await put("from/a", "1");
    co_await put("from/b/c", "2");
    co_await put("to/old", "3");
    auto renamed = co_await subject.device().rename("from", "to");
    EXPECT_EQ(outcome(renamed), "ok");
    co_await expect("to/a", "1");
    co_await expect("to/b/c", "2");
    auto old = co_await subject.device().get("to/old");
    EXPECT_EQ(error_of(old), v1::kv_error::not_found) << "what was at `to` is replaced";
    auto list = co_await subject.device().list("from");
    EXPECT_EQ(error_of(list), v1::kv_error::not_found);
  }

  task<> renaming_has_its_limits() {
    co_await put("dir/key", "x");
    auto inside = co_await subject.device().rename("dir", "dir/sub");
    EXPECT_EQ(error_of(inside), v1::kv_error::bad_key);
    auto missing = co_await subject.device().rename("nothing", "dir/key");
    EXPECT_EQ(error_of(missing), v1::kv_error::not_found);
    auto bad = co_await subject.device().rename("dir/key", "../up");
    EXPECT_EQ(error_of(bad), v1::kv_error::bad_key);
    co_await put("value", "y");
    auto onto = co_await subject.device().rename("dir", "value/sub");
    EXPECT_EQ(error_of(onto), v1::kv_error::dictionary_expected);
    auto self = co_await subject.device().rename("dir/key", "dir/key");
    EXPECT_EQ(outcome(self), "ok");
    co_await expect("dir/key", "x");
  }

  task<> the_other_kind_is_in_the_way() {
    co_await put("dir/key", "x");
    auto set = co_await subject.device().set("dir", buffer_of("y"));
    EXPECT_EQ(error_of(set), v1::kv_error::value_expected);
    set = co_await subject.device().set("dir/key/deeper", buffer_of("y"));
    EXPECT_EQ(error_of(set), v1::kv_error::dictionary_expected);
    auto part = co_await subject.device().set_partial("dir", 0, buffer_of("y"));
    EXPECT_EQ(error_of(part), v1::kv_error::value_expected);
    co_await expect("dir/key", "x");
  }

  task<> what_is_no_key_is_refused() {
    for (const char* key : {"", "/a", "a/", "a//b", ".", "a/../b"}) {
      auto set = co_await subject.device().set(key, buffer_of("x"));
      EXPECT_EQ(error_of(set), v1::kv_error::bad_key) << key;
      auto part = co_await subject.device().set_partial(key, 0, buffer_of("x"));
      EXPECT_EQ(error_of(part), v1::kv_error::bad_key) << key;
      auto removed = co_await subject.device().remove(key);
      EXPECT_EQ(error_of(removed), v1::kv_error::bad_key) << key;
    }
  }

  task<> a_change_is_noticed() {
    co_await put("key", "one");
    auto first = co_await subject.device().last_modified("key");
    auto digest = co_await subject.device().digest("key");
    MIRAGE_CO_ASSERT(first.has_value() && digest.has_value());
    co_await sleep_for(a_while);
    co_await put("key", "two");
    auto second = co_await subject.device().last_modified("key");
    auto changed = co_await subject.device().digest("key");
    MIRAGE_CO_ASSERT(second.has_value() && changed.has_value());
    EXPECT_GT(second->time_since_epoch().count(), first->time_since_epoch().count());
    EXPECT_FALSE(*digest == *changed);
  }

  task<> a_cancelled_set_is_all_or_nothing() {
    const std::string old = pattern(50'000, 1);
    const std::string fresh = pattern(50'000, 2);
    co_await put("key", old);
    for (int rounds = 0; rounds < 4; ++rounds) {
      {
        scope setting;
        MIRAGE_CO_ASSERT(setting.spawn("setter", set_and_drop("key", buffer_of(fresh))).has_value());
        for (int i = 0; i < rounds; ++i) co_await yield();
      }
      auto value = co_await subject.device().get("key");
      EXPECT_TRUE(text_of(value) == old || text_of(value) == fresh);
    }
  }

  task<> what_was_synced_survives_the_loss_of_power() {
    const std::string content = pattern(10'000, 3);
    co_await put("dir/kept", content);
    auto synced = co_await subject.device().sync();
    EXPECT_EQ(outcome(synced), "ok");
    co_await subject.crash();
    co_await expect("dir/kept", content);
  }

  task<> what_was_not_synced_is_the_old_or_the_new_after_the_loss_of_power() {
    const std::string old = pattern(10'000, 4);
    const std::string fresh = pattern(12'000, 5);
    co_await put("key", old);
    auto synced = co_await subject.device().sync();
    EXPECT_EQ(outcome(synced), "ok");
    co_await put("key", fresh);
    co_await subject.crash();
    auto value = co_await subject.device().get("key");
    EXPECT_TRUE(text_of(value) == old || text_of(value) == fresh);
  }

  static std::vector<suite_test<kv_rw_suite>> tests() {
    std::vector<suite_test<kv_rw_suite>> all{
        MIRAGE_SUITE_TEST(kv_rw_suite, it_is_empty_at_first),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_value_is_what_was_set_last),
        MIRAGE_SUITE_TEST(kv_rw_suite, dictionaries_are_made_on_the_way),
        MIRAGE_SUITE_TEST(kv_rw_suite, what_was_got_stays_what_it_was),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_part_is_overwritten),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_gap_reads_as_zeros),
        MIRAGE_SUITE_TEST(kv_rw_suite, what_is_removed_is_gone),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_value_is_renamed_and_replaces),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_dictionary_is_renamed_with_all_that_is_in_it),
        MIRAGE_SUITE_TEST(kv_rw_suite, renaming_has_its_limits),
        MIRAGE_SUITE_TEST(kv_rw_suite, the_other_kind_is_in_the_way),
        MIRAGE_SUITE_TEST(kv_rw_suite, what_is_no_key_is_refused),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_change_is_noticed),
        MIRAGE_SUITE_TEST(kv_rw_suite, a_cancelled_set_is_all_or_nothing),
    };
    if constexpr (requires(Subject& s) { s.crash(); }) {
      all.push_back(MIRAGE_SUITE_TEST(kv_rw_suite, what_was_synced_survives_the_loss_of_power));
      all.push_back(
          MIRAGE_SUITE_TEST(kv_rw_suite, what_was_not_synced_is_the_old_or_the_new_after_the_loss_of_power));
    }
    return all;
  }

 private:
  task<> put(std::string_view key, std::string_view content) {
    auto set = co_await subject.device().set(key, buffer_of(content));
    EXPECT_EQ(outcome(set), "ok") << key;
  }
  task<> expect(std::string_view key, std::string_view content) {
    auto value = co_await subject.device().get(key);
    EXPECT_EQ(text_of(value), content) << key;
  }
  task<> set_and_drop(std::string_view key, buffer value) {
    auto set = co_await subject.device().set(key, std::move(value));
    EXPECT_EQ(outcome(set), "ok");
  }
};

}  // namespace mirage::test
