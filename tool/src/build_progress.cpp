// SPDX-License-Identifier: ISC
#include "build_progress.hpp"

#include <charconv>

#include "files.hpp"

namespace mirage::tool {
namespace {

// "[3/40] Building ..." as NINJA_STATUS below makes it.
bool read_status(std::string_view line, std::size_t& done, std::size_t& total) {
  if (!line.starts_with('[')) return false;
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data() + 1, end, done);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '/') return false;
  return std::from_chars(first.ptr + 1, end, total).ec == std::errc{};
}

}  // namespace

outcome<finished> cmake_configure(const fs::path& sources, const fs::path& build,
                                  const std::vector<std::string>& arguments, terminal& screen) {
  command configure{.words = {"cmake", "-S", sources.string(), "-B", build.string(), "-G", "Ninja"}};
  configure.words.insert(configure.words.end(), arguments.begin(), arguments.end());
  const fs::path record = build / "mirage-arguments";
  const std::string wanted = shown(configure) + "\n";
  std::error_code error;
  if (const auto last = read_file(record);
      last && *last == wanted && fs::exists(build / "build.ninja", error)) {
    return finished{};
  }
  // Another compiler or toolchain cannot be set in an existing folder.
  fs::remove_all(build, error);
  screen.detail(shown(configure));
  MIRAGE_TRY(finished result, run(configure));
  if (result.status == 0) MIRAGE_TRY_VOID(write_file(record, wanted));
  return result;
}

outcome<finished> cmake_build(const fs::path& build, const std::vector<std::string>& targets,
                              const std::string& what, terminal& screen) {
  command compile{.words = {"cmake", "--build", build.string()},
                  .environment = {{"NINJA_STATUS", "[%f/%t] "}}};
  if (!targets.empty()) compile.words.emplace_back("--target");
  compile.words.insert(compile.words.end(), targets.begin(), targets.end());
  screen.detail(shown(compile));
  return run(compile, [&](std::string_view line) {
    std::size_t done = 0;
    std::size_t total = 0;
    if (read_status(line, done, total)) screen.progress(what, done, total);
  });
}

}  // namespace mirage::tool
