// SPDX-License-Identifier: ISC
// mirage-crunch as it is called: its files, its sentences and its status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "../src/folder.hpp"
#include "temporary_folder.hpp"

namespace mirage::crunch_generator {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct run_result {
  int status = -1;
  std::string output;
};

run_result run(const std::string& arguments, const std::string& environment = "") {
  const std::string command = environment + " '" + std::string(std::getenv("MIRAGE_BUILD")) +
                              "/bin/mirage-crunch' " + arguments + " 2>&1";
  run_result result;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return result;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) result.output += static_cast<char>(c);
  result.status = WEXITSTATUS(pclose(pipe));
  return result;
}

std::string all_of(const std::filesystem::path& folder, const std::string& name) {
  std::string text;
  for (const char* suffix : {".hpp", ".cpp", ".bin"}) {
    const auto file = read_file(folder / (name + suffix));
    text += file ? *file : file.error().sentence;
  }
  return text;
}

TEST(program, writes_its_files_and_says_nothing) {
  const test::temporary_folder folder;
  folder.put("site/index.html", "home");
  const auto result = run("--depfile site '" + (folder.path / "site").string() + "' '" +
                          (folder.path / "new/out").string() + "'");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.output, "");
  for (const char* file : {"site.hpp", "site.cpp", "site.bin", "site.d"})
    EXPECT_TRUE(std::filesystem::exists(folder.path / "new/out" / file)) << file;
  EXPECT_THAT(*read_file(folder.path / "new/out/site.d"), EndsWith("site/index.html\n"));
}

TEST(program, a_copy_of_the_folder_gives_the_same_bytes) {
  const test::temporary_folder first;
  const test::temporary_folder second;
  for (const auto* folder : {&first, &second}) {
    folder->put("in/a.txt", std::string(5000, 'a'));
    folder->put("in/b/c.html", "content");
  }
  std::filesystem::last_write_time(second.path / "in/a.txt", std::filesystem::file_time_type{});
  EXPECT_EQ(run("x '" + first.path.string() + "/in' '" + first.path.string() + "/out'").status, 0);
  EXPECT_EQ(run("x '" + second.path.string() + "/in' '" + second.path.string() + "/out'").status, 0);
  EXPECT_EQ(all_of(first.path / "out", "x"), all_of(second.path / "out", "x"));
}

TEST(program, the_time_of_modification_is_given) {
  const test::temporary_folder folder;
  folder.put("in/a.txt", "a");
  const std::string arguments = "x '" + folder.path.string() + "/in' '" + folder.path.string() + "/out'";
  EXPECT_EQ(run(arguments, "SOURCE_DATE_EPOCH=1700000000").status, 0);
  EXPECT_THAT(all_of(folder.path / "out", "x"), HasSubstr("seconds{1700000000}"));
  for (const std::string wrong : {"x", "-1", "1.5", "''", "99999999999"}) {
    const auto result = run(arguments, "SOURCE_DATE_EPOCH=" + wrong);
    EXPECT_EQ(result.status, 1) << wrong;
    EXPECT_THAT(result.output, StartsWith("mirage-crunch: SOURCE_DATE_EPOCH is '"));
  }
}

TEST(program, mistakes_get_a_sentence) {
  const test::temporary_folder folder;
  const auto missing = run("x /nowhere '" + folder.path.string() + "'");
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.output, "mirage-crunch: /nowhere: there is no such folder\n");
  const auto name = run("a-b /tmp /tmp");
  EXPECT_EQ(name.status, 64);
  EXPECT_EQ(name.output,
            "mirage-crunch: 'a-b' is no name for a store; use letters, digits and underscores\n");
  EXPECT_EQ(run("x").status, 64);
  EXPECT_EQ(run("--help").status, 0);
  folder.put("in/a", "a");
  const auto output = run("x '" + folder.path.string() + "/in' /proc/none");
  EXPECT_EQ(output.status, 1);
  EXPECT_THAT(output.output, StartsWith("mirage-crunch: /proc/none/x.bin: "));
}

}  // namespace
}  // namespace mirage::crunch_generator
