// SPDX-License-Identifier: ISC
#include "../src/folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.hpp"

namespace mirage::crunch_generator {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> keys_of(const fs::path& folder) {
  const auto content = read_folder(folder);
  if (!content) return {"refused: " + content.error().sentence};
  std::vector<std::string> keys;
  for (const source_file& file : content->files) keys.push_back(file.key);
  return keys;
}

std::string refusal_of(const fs::path& folder) {
  const auto content = read_folder(folder);
  return content ? "taken" : content.error().sentence;
}

TEST(folder, nested_files_become_keys_in_order) {
  const test::temporary_folder folder;
  for (const char* name : {"b", "a/c", "a-b/one", "a/d/e", ".well-known/x", "A"}) folder.put(name, name);
  EXPECT_THAT(keys_of(folder.path), ElementsAre(".well-known/x", "A", "a-b/one", "a/c", "a/d/e", "b"));
}

TEST(folder, empty_folders_leave_no_trace_but_are_watched) {
  const test::temporary_folder folder;
  fs::create_directories(folder.path / "nothing/here");
  const auto content = read_folder(folder.path);
  ASSERT_TRUE(content.has_value());
  EXPECT_TRUE(content->files.empty());
  EXPECT_EQ(content->directories.size(), 3U);
}

TEST(folder, any_name_is_a_key) {
  const test::temporary_folder folder;
  for (const char* name : {"a b", "quote\"back\\slash", "new\nline", "\xff\xfe", "\xc3\xa9", "..."})
    folder.put(name, "");
  EXPECT_EQ(keys_of(folder.path).size(), 6U);
}

TEST(folder, links_stand_for_what_they_lead_to) {
  const test::temporary_folder folder;
  const test::temporary_folder elsewhere;
  elsewhere.put("page", "text");
  fs::create_symlink(elsewhere.path, folder.path / "linked");
  fs::create_symlink(elsewhere.path / "page", folder.path / "one");
  EXPECT_THAT(keys_of(folder.path), ElementsAre("linked/page", "one"));
}

TEST(folder, what_cannot_be_a_value_is_refused_with_its_path) {
  const test::temporary_folder folder;
  EXPECT_THAT(refusal_of(folder.path / "missing"), HasSubstr("missing: there is no such folder"));
  folder.put("file", "");
  EXPECT_THAT(refusal_of(folder.path / "file"), HasSubstr("file: this is not a folder"));

  fs::create_symlink("nowhere", folder.path / "dangling");
  EXPECT_THAT(refusal_of(folder.path), HasSubstr("dangling: this symbolic link leads nowhere"));
  fs::remove(folder.path / "dangling");

  fs::create_directory(folder.path / "sub");
  fs::create_symlink("..", folder.path / "sub/up");
  EXPECT_THAT(refusal_of(folder.path), HasSubstr("sub/up: this symbolic link leads back"));
  fs::remove(folder.path / "sub/up");

  ASSERT_EQ(mkfifo((folder.path / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal_of(folder.path), HasSubstr("pipe: only files and folders"));
  fs::remove(folder.path / "pipe");

  std::string deep;
  for (int i = 0; i < 5; ++i) deep += std::string(220, 'x') + "/";
  folder.put(deep + "y", "");
  EXPECT_THAT(refusal_of(folder.path), HasSubstr("longer than the 1024 bytes"));
}

TEST(folder, a_file_is_read_to_its_end) {
  const test::temporary_folder folder;
  const std::string bytes("\0\r\n\xff", 4);
  folder.put("binary", bytes);
  EXPECT_EQ(read_file(folder.path / "binary"), bytes);
  folder.put("empty", "");
  EXPECT_EQ(read_file(folder.path / "empty"), "");
  const std::string large(300'000, 'x');
  folder.put("large", large);
  EXPECT_EQ(read_file(folder.path / "large"), large);
  EXPECT_FALSE(read_file("/proc/self/status")->empty());
}

TEST(folder, a_file_that_cannot_be_read_is_named) {
  const auto missing = read_file("/nowhere/file");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().sentence, "/nowhere/file: No such file or directory");
  // A regular file whose first byte nobody may read, whoever runs the test.
  const auto unreadable = read_file("/proc/self/mem");
  ASSERT_FALSE(unreadable.has_value());
  EXPECT_THAT(unreadable.error().sentence, HasSubstr("/proc/self/mem: "));
}

TEST(folder, writing_replaces_a_file) {
  const test::temporary_folder folder;
  ASSERT_TRUE(write_file(folder.path / "out", "one").has_value());
  ASSERT_TRUE(write_file(folder.path / "out", "two").has_value());
  EXPECT_EQ(read_file(folder.path / "out"), "two");
  EXPECT_THAT(keys_of(folder.path), ElementsAre("out"));
  EXPECT_FALSE(write_file("/nowhere/out", "x").has_value());
}

}  // namespace
}  // namespace mirage::crunch_generator
