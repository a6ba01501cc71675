// SPDX-License-Identifier: ISC
#include "library_cache.hpp"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "build_progress.hpp"
#include "files.hpp"

namespace mirage::tool {
namespace {

constexpr std::chrono::hours unused_limit{24 * 30};

// Held while one process fills a folder of the cache; freed by the kernel whatever happens to the process.
class lock_file {
 public:
  ~lock_file() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  lock_file() = default;
  lock_file(const lock_file&) = delete;
  lock_file& operator=(const lock_file&) = delete;

  outcome<void> take(const fs::path& path, const std::string& what, terminal& screen) {
    MIRAGE_TRY_VOID(make_folder(path.parent_path()));
    descriptor_ = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor_ < 0)
      return refuse("cannot write {}; make the folder writable or set XDG_CACHE_HOME", path.string());
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return {};
    screen.note(fmt::format("Another mirage builds {}; waiting for it", what));
    if (flock(descriptor_, LOCK_EX) != 0) return refuse("cannot lock {}", path.string());
    return {};
  }

 private:
  int descriptor_ = -1;
};

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
    std::vector<std::string> arguments{"-DMIRAGE_TARGET=" + where.name,
                                       fmt::format("-DMIRAGE_ONLY={}", fmt::join(names, ";")),
                                       "-DMIRAGE_TESTS=OFF", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"};
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

  // One build folder for a source tree and target, so one lock for it.
  const std::string tree = digest(from.sources.string()).substr(0, 16);
  const fs::path build = cache / "build" / fmt::format("{}-{}", tree, library_set(where));
  lock_file lock;
  MIRAGE_TRY_VOID(
      lock.take(build.string() + ".lock", fmt::format("the libraries for {}", where.name), screen));
  if (fs::is_directory(destination, error)) return destination;
  MIRAGE_TRY_VOID((filling{where, from, screen, needed, destination, build}.run()));
  return destination;
}

}  // namespace mirage::tool
