// SPDX-License-Identifier: ISC
// Holds conformance.txt: every line names a test that exists, or says why nothing does.
#include <gtest/gtest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

/// As suite.test, of what GoogleTest and the conformance suites register in that file.
void add_tests(const fs::path& file, std::set<std::string>& to) {
  const std::string text = text_of(file);
  const std::regex named(R"((?:TEST|TEST_F|TEST_P|MIRAGE_SUITE_TEST)\((\w+),\s*(\w+)\))");
  for (std::sregex_iterator at(text.begin(), text.end(), named); at != std::sregex_iterator(); ++at)
    to.insert((*at)[1].str() + "." + (*at)[2].str());
}

std::set<std::string> tests_that_exist() {
  const char* const given = std::getenv("MIRAGE_ROOT");
  const fs::path root = given == nullptr ? fs::path("../..") : fs::path(given);
  std::set<std::string> found;
  for (const char* const folder :
       {"net/tcp/test", "net/keyed_hash/test", "types/test/include/mirage/test/suites"})
    for (const auto& each : fs::directory_iterator(root / folder)) add_tests(each.path(), found);
  return found;
}

/// What is wrong with the list, a sentence each.
std::vector<std::string> check(const std::string& list, const std::set<std::string>& tests) {
  std::vector<std::string> wrong;
  std::set<std::string> seen;
  std::istringstream lines(list);
  const std::regex form(R"(^(RFC\d+ \S+)\s*\|\s*(\S.*\S)\s*\|\s*(\S.*)$)");
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::smatch parts;
    if (!std::regex_match(line, parts, form)) {
      wrong.push_back("not RFC ID | what | test: " + line);
      continue;
    }
    if (!seen.insert(parts[1]).second) wrong.push_back("twice: " + parts[1].str());
    const std::string shown = parts[3];
    if (shown.starts_with("not implemented: ") || shown.starts_with("not shown: ")) continue;
    if (!tests.contains(shown)) wrong.push_back("there is no test " + shown + " for " + parts[1].str());
  }
  return wrong;
}

TEST(conformance, finds_what_is_planted) {
  EXPECT_EQ(
      check("RFC1 MUST-1 | x | no.test\nRFC1 MUST-1 | x | not implemented: y\nhalf a line\n", {}).size(), 3u);
}

TEST(conformance, every_named_test_exists) {
  const std::vector<std::string> wrong = check(text_of("conformance.txt"), tests_that_exist());
  for (const std::string& each : wrong) ADD_FAILURE() << each;
}

TEST(conformance, the_summary_of_rfc_9293_is_complete) {
  const std::string list = text_of("conformance.txt");
  const auto has = [&](const std::string& kind, int number) {
    return list.find("RFC9293 " + kind + "-" + std::to_string(number) + " ") != std::string::npos;
  };
  for (int i = 1; i <= 69; ++i) EXPECT_TRUE(has("MUST", i)) << "MUST-" << i;
  for (int i = 1; i <= 31; ++i) EXPECT_TRUE(has("SHLD", i)) << "SHLD-" << i;
  for (int i = 1; i <= 18; ++i) EXPECT_TRUE(has("MAY", i)) << "MAY-" << i;
}

}  // namespace
