// SPDX-License-Identifier: ISC
// mirage-zones as it is called: what it writes, its sentences and its status.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_zones.hpp"

namespace mirage::zones_generator {
namespace {

namespace fs = std::filesystem;

constexpr const char* small_zone = "$TTL 60\n@ SOA ns host 7 1 1 1 1\n@ NS ns\n$INCLUDE hosts\n";

struct made {
  int status = -1;
  std::string output;   // of the program
  std::string content;  // of the file
};

struct zones_folder {
  zones_folder() {
    std::string name = (fs::temp_directory_path() / "mirage-zones-XXXXXX").string();
    path = mkdtemp(name.data());
    fs::create_directory(path / "zones");
  }
  zones_folder(const zones_folder&) = delete;
  zones_folder& operator=(const zones_folder&) = delete;
  ~zones_folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path / "zones" / name) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  [[nodiscard]] made make(const std::string& options = "") const {
    const std::string command = "cd '" + path.string() + "' && '" + std::string(std::getenv("MIRAGE_BUILD")) +
                                "/bin/mirage-zones' " + options + " zones out 2>&1";
    made result;
    std::FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return result;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) result.output += static_cast<char>(c);
    result.status = WEXITSTATUS(pclose(pipe));
    result.content = read("out");
    return result;
  }
  fs::path path;
};

TEST(program, writes_the_zones_of_a_folder) {
  const zones_folder folder;
  folder.put("example.org.zone", small_zone);
  folder.put("root.zone", "$TTL 60\n. SOA ns host 8 1 1 1 1\n");
  folder.put("hosts", "a A 192.0.2.1\n");
  const auto result = folder.make("--depfile out.d");
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.status, 0);
  dns::compiled_zones found(as_bytes(result.content));
  const auto first = found.next();
  const auto second = found.next();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(found.at_end());
  EXPECT_EQ(first->origin(), dns::name::parse("example.org.")->view());
  EXPECT_EQ(first->serial(), 7u);
  EXPECT_EQ(first->records(), 3u);
  EXPECT_TRUE(second->origin().is_root());
  const std::string depfile = folder.read("out.d");
  EXPECT_NE(depfile.find("zones/example.org.zone"), std::string::npos) << depfile;
  EXPECT_NE(depfile.find("zones/hosts"), std::string::npos) << depfile;
}

TEST(program, writes_the_same_bytes_again) {
  const zones_folder one;
  const zones_folder other;
  for (const auto* each : {&one, &other}) {
    each->put("hosts", "$GENERATE 1-50 h$ A 192.0.2.$\n");
    each->put("b.zone", small_zone);
    each->put("a.zone", small_zone);
  }
  const std::string content = one.make().content;
  EXPECT_GT(content.size(), 1000u);
  EXPECT_EQ(content, other.make().content);
}

TEST(program, says_what_is_wrong_and_where) {
  const zones_folder folder;
  EXPECT_EQ(folder.make().output,
            "mirage-zones: zones: there is no file NAME.zone in this folder of zones\n");
  folder.put("hosts", "a A 192.0.2.300\n");
  folder.put("example.org.zone", small_zone);
  const auto result = folder.make();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.output.substr(0, 26), "mirage-zones: hosts:1:5: a") << result.output;
  EXPECT_EQ(result.content, "");
  fs::remove_all(folder.path / "zones");
  EXPECT_EQ(folder.make().status, 1);
  EXPECT_EQ(folder.make("--nonsense").status, 64);
}

}  // namespace
}  // namespace mirage::zones_generator
