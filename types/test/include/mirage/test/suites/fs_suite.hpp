// SPDX-License-Identifier: ISC
// `v1::fs`: files, directories, and what goes wrong with either.
//
// The subject, besides what suite.hpp asks for:
//   using fs = ...;      the implementation under test
//   fs& device();        one that is empty at first, with room for a megabyte
//   task<> crash();      the power fails and comes back, `device()` is the file system afterwards; optional
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class fs_suite {
  using fs = typename Subject::fs;
  static_assert(v1::fs<fs>);
  using error = v1::fs_error;

 public:
  explicit fs_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> the_root_is_an_empty_directory() {
    auto root = co_await subject.device().list("");
    MIRAGE_CO_ASSERT(root.has_value());
    EXPECT_TRUE(root->empty());
    auto status = co_await subject.device().stat("");
    MIRAGE_CO_ASSERT(status.has_value());
    EXPECT_TRUE(status->directory);
  }

  task<> a_file_is_made_empty_and_written() {
    co_await make_file("file", "");
    auto status = co_await subject.device().stat("file");
    MIRAGE_CO_ASSERT(status.has_value());
    EXPECT_FALSE(status->directory);
    EXPECT_EQ(status->size, 0u);
    auto written = co_await subject.device().write("file", 0, buffer_of("hello"));
    EXPECT_EQ(outcome(written), "ok");
    co_await expect("file", "hello");
    status = co_await subject.device().stat("file");
    MIRAGE_CO_ASSERT(status.has_value());
    EXPECT_EQ(status->size, 5u);
  }

  task<> a_large_file_is_written_and_read_in_parts() {
    const std::string content = pattern(300'000);
    co_await make_file("large", "");
    for (std::size_t at = 0; at < content.size(); at += 7919) {
      auto written = co_await subject.device().write("large", at, buffer_of(content.substr(at, 7919)));
      EXPECT_EQ(outcome(written), "ok");
    }
    co_await expect("large", content);
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{4095}, std::size_t{65'537}, std::size_t{299'999}}) {
      auto part = co_await subject.device().read("large", at, 10'000);
      EXPECT_TRUE(text_of(part) == content.substr(at, 10'000)) << "from " << at;
    }
    auto beyond = co_await subject.device().read("large", 300'000, 10);
    EXPECT_EQ(text_of(beyond), "");
    beyond = co_await subject.device().read("large", 1'000'000, 10);
    EXPECT_EQ(text_of(beyond), "");
  }

  task<> a_write_overwrites_in_the_middle_and_lengthens_at_the_end() {
    co_await make_file("file", "0123456789");
    auto written = co_await subject.device().write("file", 3, buffer_of("abc"));
    EXPECT_EQ(outcome(written), "ok");
    co_await expect("file", "012abc6789");
    written = co_await subject.device().write("file", 9, buffer_of("xyz"));
    EXPECT_EQ(outcome(written), "ok");
    co_await expect("file", "012abc678xyz");
  }

  task<> a_gap_reads_as_zeros() {
    co_await make_file("file", "ab");
    auto written = co_await subject.device().write("file", 5000, buffer_of("c"));
    EXPECT_EQ(outcome(written), "ok");
    co_await expect("file", "ab" + std::string(4998, '\0') + "c");
  }

  task<> truncate_cuts_and_fills_up() {
    co_await make_file("file", "0123456789");
    auto cut = co_await subject.device().truncate("file", 4);
    EXPECT_EQ(outcome(cut), "ok");
    co_await expect("file", "0123");
    auto longer = co_await subject.device().truncate("file", 8);
    EXPECT_EQ(outcome(longer), "ok");
    co_await expect("file", std::string("0123\0\0\0\0", 8));
    auto empty = co_await subject.device().truncate("file", 0);
    EXPECT_EQ(outcome(empty), "ok");
    co_await expect("file", "");
  }

  task<> directories_hold_files_and_directories() {
    co_await make_directory("dir");
    co_await make_directory("dir/sub");
    co_await make_file("dir/b.txt", "1");
    co_await make_file("dir/a.txt", "2");
    co_await make_file("dir/sub/deep", "3");
    auto list = co_await subject.device().list("dir");
    MIRAGE_CO_ASSERT(list.has_value());
    EXPECT_TRUE((*list == std::vector<v1::kv_item>{{"a.txt", false}, {"b.txt", false}, {"sub", true}}));
    auto status = co_await subject.device().stat("dir/sub");
    MIRAGE_CO_ASSERT(status.has_value());
    EXPECT_TRUE(status->directory);
    co_await expect("dir/sub/deep", "3");
  }

  task<> many_files_in_one_directory() {
    for (int i = 0; i < 100; ++i)
      co_await make_file("a_longer_file_name_" + std::to_string(i), std::to_string(i));
    auto list = co_await subject.device().list("");
    MIRAGE_CO_ASSERT(list.has_value());
    EXPECT_EQ(list->size(), 100u);
    EXPECT_TRUE(std::ranges::is_sorted(*list, {}, &v1::kv_item::name));
    co_await expect("a_longer_file_name_77", "77");
  }

  task<> a_file_is_renamed_and_replaces() {
    co_await make_directory("dir");
    co_await make_file("from", "moved");
    co_await make_file("dir/to", "replaced");
    auto renamed = co_await subject.device().rename("from", "dir/to");
    EXPECT_EQ(outcome(renamed), "ok");
    co_await expect("dir/to", "moved");
    auto gone = co_await subject.device().stat("from");
    EXPECT_EQ(error_of(gone), error::not_found);
  }

  task<> a_directory_is_renamed_with_all_that_is_in_it() {
    co_await make_directory("from");
    co_await make_directory("from/sub");
    co_await make_file("from/sub/file", "content");
    auto renamed = co_await subject.device().rename("from", "to");
    EXPECT_EQ(outcome(renamed), "ok");
    co_await expect("to/sub/file", "content");
    auto list = co_await subject.device().list("");
    MIRAGE_CO_ASSERT(list.has_value());
    EXPECT_TRUE((*list == std::vector<v1::kv_item>{{"to", true}}));
  }

  task<> renaming_has_its_limits() {
    co_await make_directory("dir");
    co_await make_directory("other");
    co_await make_file("file", "x");
    auto inside = co_await subject.device().rename("dir", "dir/sub");
    EXPECT_EQ(error_of(inside), error::bad_path);
    auto missing = co_await subject.device().rename("nothing", "file");
    EXPECT_EQ(error_of(missing), error::not_found);
    auto onto_directory = co_await subject.device().rename("file", "dir");
    EXPECT_EQ(error_of(onto_directory), error::exists);
    auto onto_file = co_await subject.device().rename("dir", "file");
    EXPECT_EQ(error_of(onto_file), error::exists);
    auto onto_other = co_await subject.device().rename("dir", "other");
    EXPECT_EQ(error_of(onto_other), error::exists);
    auto into_nothing = co_await subject.device().rename("file", "nothing/file");
    EXPECT_EQ(error_of(into_nothing), error::not_found);
    co_await expect("file", "x");
  }

  task<> what_is_removed_is_gone() {
    co_await make_directory("dir");
    co_await make_file("dir/file", "x");
    auto full = co_await subject.device().remove("dir");
    EXPECT_EQ(error_of(full), error::not_empty);
    auto file = co_await subject.device().remove("dir/file");
    EXPECT_EQ(outcome(file), "ok");
    auto dir = co_await subject.device().remove("dir");
    EXPECT_EQ(outcome(dir), "ok");
    auto again = co_await subject.device().remove("dir");
    EXPECT_EQ(error_of(again), error::not_found);
    auto root = co_await subject.device().list("");
    MIRAGE_CO_ASSERT(root.has_value());
    EXPECT_TRUE(root->empty());
  }

  task<> nothing_is_made_twice_or_in_nothing() {
    co_await make_directory("dir");
    co_await make_file("file", "x");
    auto file = co_await subject.device().create("file");
    EXPECT_EQ(error_of(file), error::exists);
    auto over_dir = co_await subject.device().create("dir");
    EXPECT_EQ(error_of(over_dir), error::exists);
    auto dir = co_await subject.device().make_directory("file");
    EXPECT_EQ(error_of(dir), error::exists);
    auto orphan = co_await subject.device().create("nothing/file");
    EXPECT_EQ(error_of(orphan), error::not_found);
    auto beneath_file = co_await subject.device().create("file/deeper");
    EXPECT_EQ(error_of(beneath_file), error::not_a_directory);
    co_await expect("file", "x");
  }

  task<> the_other_kind_is_told() {
    co_await make_directory("dir");
    co_await make_file("file", "x");
    auto read = co_await subject.device().read("dir", 0, 1);
    EXPECT_EQ(error_of(read), error::is_a_directory);
    auto written = co_await subject.device().write("dir", 0, buffer_of("x"));
    EXPECT_EQ(error_of(written), error::is_a_directory);
    auto cut = co_await subject.device().truncate("dir", 0);
    EXPECT_EQ(error_of(cut), error::is_a_directory);
    auto list = co_await subject.device().list("file");
    EXPECT_EQ(error_of(list), error::not_a_directory);
    auto beneath = co_await subject.device().read("file/deeper", 0, 1);
    EXPECT_EQ(error_of(beneath), error::not_a_directory);
    auto root = co_await subject.device().read("", 0, 1);
    EXPECT_EQ(error_of(root), error::is_a_directory);
  }

  task<> what_is_not_there_is_not_found() {
    for (const char* path : {"nothing", "nothing/deeper"}) {
      auto read = co_await subject.device().read(path, 0, 1);
      EXPECT_EQ(error_of(read), error::not_found) << path;
      auto status = co_await subject.device().stat(path);
      EXPECT_EQ(error_of(status), error::not_found) << path;
      auto list = co_await subject.device().list(path);
      EXPECT_EQ(error_of(list), error::not_found) << path;
      auto written = co_await subject.device().write(path, 0, buffer_of("x"));
      EXPECT_EQ(error_of(written), error::not_found) << path;
      auto cut = co_await subject.device().truncate(path, 0);
      EXPECT_EQ(error_of(cut), error::not_found) << path;
      auto removed = co_await subject.device().remove(path);
      EXPECT_EQ(error_of(removed), error::not_found) << path;
    }
  }

  task<> what_is_no_path_is_refused() {
    for (const char* path : {"/file", "dir/", "a//b", ".", "..", "a/../b"}) {
      auto made = co_await subject.device().create(path);
      EXPECT_EQ(error_of(made), error::bad_path) << path;
      auto dir = co_await subject.device().make_directory(path);
      EXPECT_EQ(error_of(dir), error::bad_path) << path;
      auto read = co_await subject.device().read(path, 0, 1);
      EXPECT_EQ(error_of(read), error::bad_path) << path;
      auto removed = co_await subject.device().remove(path);
      EXPECT_EQ(error_of(removed), error::bad_path) << path;
    }
    auto root = co_await subject.device().remove("");
    EXPECT_EQ(error_of(root), error::bad_path) << "the root stays";
  }

  task<> what_was_synced_survives_the_loss_of_power() {
    co_await make_directory("dir");
    co_await make_file("dir/file", pattern(20'000, 3));
    auto synced = co_await subject.device().sync();
    EXPECT_EQ(outcome(synced), "ok");
    co_await subject.crash();
    co_await expect("dir/file", pattern(20'000, 3));
  }

  static std::vector<suite_test<fs_suite>> tests() {
    std::vector<suite_test<fs_suite>> all{
        MIRAGE_SUITE_TEST(fs_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(fs_suite, the_root_is_an_empty_directory),
        MIRAGE_SUITE_TEST(fs_suite, a_file_is_made_empty_and_written),
        MIRAGE_SUITE_TEST(fs_suite, a_large_file_is_written_and_read_in_parts),
        MIRAGE_SUITE_TEST(fs_suite, a_write_overwrites_in_the_middle_and_lengthens_at_the_end),
        MIRAGE_SUITE_TEST(fs_suite, a_gap_reads_as_zeros),
        MIRAGE_SUITE_TEST(fs_suite, truncate_cuts_and_fills_up),
        MIRAGE_SUITE_TEST(fs_suite, directories_hold_files_and_directories),
        MIRAGE_SUITE_TEST(fs_suite, many_files_in_one_directory),
        MIRAGE_SUITE_TEST(fs_suite, a_file_is_renamed_and_replaces),
        MIRAGE_SUITE_TEST(fs_suite, a_directory_is_renamed_with_all_that_is_in_it),
        MIRAGE_SUITE_TEST(fs_suite, renaming_has_its_limits),
        MIRAGE_SUITE_TEST(fs_suite, what_is_removed_is_gone),
        MIRAGE_SUITE_TEST(fs_suite, nothing_is_made_twice_or_in_nothing),
        MIRAGE_SUITE_TEST(fs_suite, the_other_kind_is_told),
        MIRAGE_SUITE_TEST(fs_suite, what_is_not_there_is_not_found),
        MIRAGE_SUITE_TEST(fs_suite, what_is_no_path_is_refused),
    };
    if constexpr (requires(Subject& s) { s.crash(); })
      all.push_back(MIRAGE_SUITE_TEST(fs_suite, what_was_synced_survives_the_loss_of_power));
    return all;
  }

 private:
  // Paths are taken as strings: a task outlives the expression that made one.
  task<> make_file(std::string path, std::string content) {
    auto made = co_await subject.device().create(path);
    EXPECT_EQ(outcome(made), "ok") << path;
    if (content.empty()) co_return;
    auto written = co_await subject.device().write(path, 0, buffer_of(content));
    EXPECT_EQ(outcome(written), "ok") << path;
  }
  task<> make_directory(std::string path) {
    auto made = co_await subject.device().make_directory(path);
    EXPECT_EQ(outcome(made), "ok") << path;
  }
  task<> expect(std::string path, std::string content) {
    auto read = co_await subject.device().read(path, 0, content.size() + 1);
    EXPECT_TRUE(text_of(read) == content) << path << " is " << text_of(read).substr(0, 100);
  }
};

}  // namespace mirage::test
