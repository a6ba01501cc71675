// SPDX-License-Identifier: ISC
#include "evaluate.hpp"

#include <unistd.h>

#include "diagnosis.hpp"
#include "files.hpp"
#include "process.hpp"
#include "versions.hpp"

namespace mirage::tool {
namespace {

command compilation(const project& where, const installation& from, const std::vector<package>& packages) {
  command compile{
      .words = {from.compiler, "-std=c++23", "-O0", "-fno-color-diagnostics", "-fno-caret-diagnostics"},
      .folder = where.folder};
  compile.words.insert(compile.words.end(), from.flags.begin(), from.flags.end());
  for (const auto& folder : from.includes) compile.words.push_back("-I" + folder.string());
  compile.words.push_back("-I" + (from.sources / "config/include").string());
  for (const auto& one : packages) {
    std::error_code error;
    if (fs::is_directory(one.folder / "include/mirage/config", error)) {
      compile.words.push_back("-I" + (one.folder / "include").string());
    }
  }
  compile.words.push_back(where.config);
  compile.words.push_back(from.config_library.string());
  return compile;
}

// What the compiled program depends on besides config.cpp: when one of these files is newer, or lies in the
// project, the program is made anew. Make's syntax: "program: a.cpp b.hpp \" and so on.
bool is_fresh(const fs::path& program, const fs::path& config) {
  std::error_code error;
  const auto made = fs::last_write_time(program, error);
  const auto rule = read_file(program.string() + ".d");
  if (error || !rule) return false;
  std::string word;
  bool first = true;
  for (const char c : *rule + "\n") {
    if (c != ' ' && c != '\n' && c != '\\') {
      word += c;
      continue;
    }
    if (!word.empty() && !first && word != config.string()) {
      const bool outside = word.starts_with('/');
      if (!outside || fs::last_write_time(word, error) > made || error) return false;
    }
    if (!word.empty()) first = false;
    word.clear();
  }
  return true;
}

// The program of a config.cpp, compiled now or earlier.
outcome<fs::path> compiled(const project& where, const std::string& source, command compile,
                           const installation& from, terminal& screen) {
  MIRAGE_TRY(const fs::path cache, cache_folder());
  std::error_code error;
  const auto library_time = fs::last_write_time(from.config_library, error).time_since_epoch().count();
  const std::string key = digest(fmt::format("{}\n{}\n{}", source, shown(compile), library_time));
  const fs::path program = cache / "config" / key.substr(0, 32);
  if (is_fresh(program, where.config)) return program;

  MIRAGE_TRY_VOID(make_folder(program.parent_path()));
  // Others may compile the same file at the same time.
  const fs::path fresh = program.string() + fmt::format(".{}~", getpid());
  for (const auto& word : {"-MD", "-MF"}) compile.words.emplace_back(word);
  compile.words.push_back(fresh.string() + ".d");
  compile.words.emplace_back("-o");
  compile.words.push_back(fresh.string());
  screen.detail(shown(compile));
  MIRAGE_TRY(const finished result, run(compile));
  if (result.status != 0) {
    fs::remove(fresh.string() + ".d", error);
    return fail(diagnose_config(result.errors, source, where.config));
  }
  fs::rename(fresh.string() + ".d", program.string() + ".d", error);
  fs::rename(fresh, program, error);
  if (error) return refuse("cannot write {}: {}", program.string(), error.message());
  return program;
}

outcome<void> check_version(const project& where, const std::string& source, const std::string& version) {
  const auto [versions, line] = find_version_line(source);
  if (versions.empty()) return {};
  auto wanted = parse_constraints(versions);
  if (!wanted) return refuse("{}:{}: {}", where.config, line, wanted.error().sentence);
  if (satisfies(version, *wanted)) return {};
  return refuse(
      "{}:{}: this needs mirage {}, and the one here is {}; install a version that fits, or change the line",
      where.config, line, versions, version);
}

}  // namespace

outcome<graph> evaluate(const project& where, const std::string& target, const std::vector<std::string>& keys,
                        const installation& from, const std::vector<package>& packages, terminal& screen) {
  MIRAGE_TRY(const std::string source, read_file(where.config_path()));
  MIRAGE_TRY_VOID(check_version(where, source, from.version));
  MIRAGE_TRY(const fs::path program,
             compiled(where, source, compilation(where, from, packages), from, screen));
  command evaluation{.words = {program.string(), "--target=" + target}, .folder = where.folder};
  evaluation.words.insert(evaluation.words.end(), keys.begin(), keys.end());
  MIRAGE_TRY(const finished result, run(evaluation));
  if (result.status > 128)
    return refuse("{} crashed; run it in a debugger: {}", where.config, shown(evaluation));
  if (result.status != 0) return fail(tool_error{std::string{trimmed(result.errors)}});
  return parse_graph(result.output);
}

}  // namespace mirage::tool
