// SPDX-License-Identifier: ISC
#include "library_cache.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "build_progress.hpp"
#include "files.hpp"
#include "lock_file.hpp"

namespace mirage::tool {
namespace {

// Everything that the build of a package reads: not its tests, and no words for people.
void add_sources(std::vector<fs::path>& files, const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory(error)) {
      if (name == "test" || name == "fuzz" || name.starts_with('.')) entry.disable_recursion_pending();
    } else if (!name.starts_with('.') && !name.ends_with(".md") && !name.ends_with('~')) {
      files.push_back(entry->path());
    }
  }
}

outcome<std::string> digest_of_sources(const std::vector<package>& packages, const installation& from) {
  std::vector<fs::path> files{from.sources / "CMakeLists.txt"};
  add_sources(files, from.sources / "cmake");
  for (const auto& one : packages) add_sources(files, one.folder);
  std::ranges::sort(files);
  std::string all = from.compiler + "\n";
  for (const auto& file : files) {
    MIRAGE_TRY(const std::string text, read_file(file));
    all += fmt::format("{} {}\n", file.lexically_relative(from.sources).string(), digest(text));
  }
  return digest(all);
}

// A project's own packages are compiled with its image.
std::vector<package> of_installation(const std::vector<package>& packages, const installation& from) {
  std::vector<package> found;
  for (const auto& one : packages) {
    if (!one.folder.lexically_relative(from.sources).string().starts_with("..")) found.push_back(one);
  }
  return found;
}

// What no project has used for long: other versions, and sets of packages that no image is made of any more.
void forget_unused(const fs::path& cache, const fs::path& used) {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(used, now, error);
  for (const auto& entry : fs::directory_iterator(cache, error)) {
    const std::string name = entry.path().filename().string();
    const bool libraries = std::ranges::count(name, '-') == 1 && entry.is_directory(error);
    if (!libraries || entry.path() == used) continue;
    const auto last = entry.last_write_time(error);
    if (!error && now - last > unused_limit) fs::remove_all(entry.path(), error);
  }
}

struct filling {
  const target& where;
  const installation& from;
  terminal& screen;
  std::vector<package> packages;
  fs::path destination;  // CACHE/VERSION-DIGEST/TARGET
  fs::path build;        // kept in development, so that a change costs only what it touches

  outcome<void> step(outcome<finished> result, std::string_view what) const {
    if (!result) return fail(result.error());
    if (result->status == 0) return {};
    const std::string output = result->output + result->errors;
    std::string line = "see the whole message with -v";
    for (const auto& each : lines_of(output)) {
      if (each.contains("error:") || each.contains("CMake Error")) {
        line = each;
        break;
      }
    }
    return fail(
        tool_error{fmt::format("{} the libraries for {} failed: {}", what, where.name, line), output});
  }

  outcome<void> run() const {
    std::vector<std::string> names;
    for (const auto& one : packages) names.push_back(one.name);
    std::vector<std::string> arguments{
        "-DMIRAGE_TARGET=" + where.name, fmt::format("-DMIRAGE_ONLY={}", fmt::join(names, ";")),
        "-DMIRAGE_TESTS=OFF", "-DMIRAGE_PRECOMPILE=ON", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"};
    for (auto& word : cmake_arguments(where, from.compiler)) arguments.push_back(std::move(word));
    const std::string what = fmt::format("Building the libraries for {}", where.name);
    screen.note(what + "; this happens once");
    MIRAGE_TRY_VOID(step(cmake_configure(from.sources, build, arguments, screen), "Configuring"));
    MIRAGE_TRY_VOID(step(cmake_build(build, {}, what, screen), "Building"));

    std::error_code error;
    const fs::path fresh = destination.string() + ".new";
    fs::remove_all(fresh, error);
    const command install{.words = {"cmake", "--install", build.string(), "--prefix", fresh.string()}};
    screen.detail(shown(install));
    MIRAGE_TRY_VOID(step(tool::run(install), "Installing"));
    fs::rename(fresh, destination, error);
    if (error) return refuse("cannot write {}: {}", destination.string(), error.message());
    if (!from.development) fs::remove_all(build, error);
    return {};
  }
};

}  // namespace

outcome<fs::path> libraries_for(const target& where, const std::vector<package>& packages,
                                const installation& from, terminal& screen) {
  MIRAGE_TRY(const fs::path cache, cache_folder());
  const auto needed = of_installation(packages, from);
  MIRAGE_TRY(const std::string sum, digest_of_sources(needed, from));
  fs::path destination = cache / fmt::format("{}-{}", from.version, sum.substr(0, 16)) / library_set(where);
  std::error_code error;
  if (fs::is_directory(destination, error)) {
    forget_unused(cache, destination.parent_path());
    return destination;
  }

  // A build folder for a source tree and target. A build takes all processors, and what it compiles for one
  // target may be what another needs, so there is one at a time.
  const std::string tree = (cache / "build" / digest(from.sources.string()).substr(0, 16)).string();
  const fs::path build = fmt::format("{}-{}", tree, library_set(where));
  lock_file lock;
  MIRAGE_TRY_VOID(
      lock.take(tree + ".lock", [&] { screen.note("Another mirage builds libraries; waiting for it"); }));
  if (fs::is_directory(destination, error)) return destination;
  MIRAGE_TRY_VOID((filling{where, from, screen, needed, destination, build}.run()));
  return destination;
}

}  // namespace mirage::tool
