// SPDX-License-Identifier: ISC
#include "evaluate.hpp"

#include "diagnosis.hpp"
#include "files.hpp"
#include "kept_compilation.hpp"
#include "process.hpp"
#include "versions.hpp"

namespace mirage::tool {
namespace {

// The compiler with the options that every config.cpp has.
std::vector<std::string> compiler_of(const installation& from, const std::vector<package>& packages) {
  std::vector<std::string> words{from.compiler, "-std=c++23", "-O0", "-fno-color-diagnostics",
                                 "-fno-caret-diagnostics"};
  words.insert(words.end(), from.flags.begin(), from.flags.end());
  for (const auto& folder : from.includes) words.push_back("-I" + folder.string());
  words.push_back("-I" + (from.sources / "config/include").string());
  for (const auto& one : packages) {
    std::error_code error;
    if (fs::is_directory(one.folder / "include/mirage/config", error)) {
      words.push_back("-I" + (one.folder / "include").string());
    }
  }
  return words;
}

fs::path named_by(const fs::path& cache, const std::string& text) {
  return cache / "config" / digest(text).substr(0, 32);
}

// mirage/config.hpp, compiled once for every config.cpp: it is nearly all of one. Empty where that fails,
// since the compilation of config.cpp itself says why.
outcome<fs::path> precompiled_language(std::vector<std::string> compiler, const fs::path& cache,
                                       terminal& screen) {
  const std::string empty = "/dev/null";
  for (const auto& word : {std::string{"-fpch-instantiate-templates"}, std::string{"-include"},
                           std::string{"mirage/config.hpp"}, std::string{"-xc++-header"}, empty}) {
    compiler.push_back(word);
  }
  const command compile{.words = std::move(compiler)};
  const fs::path output = named_by(cache, shown(compile)).string() + ".pch";
  MIRAGE_TRY(const finished made, keep_compiled(compile, output, empty, screen));
  return made.status == 0 ? output : fs::path{};
}

// The program of a config.cpp, compiled now or earlier.
outcome<fs::path> compiled(const project& where, const std::string& source, const installation& from,
                           const std::vector<package>& packages, terminal& screen) {
  MIRAGE_TRY(const fs::path cache, cache_folder());
  command compile{.words = compiler_of(from, packages), .folder = where.folder};
  std::error_code error;
  const auto library_time = fs::last_write_time(from.config_library, error).time_since_epoch().count();
  const fs::path program =
      named_by(cache, fmt::format("{}\n{}\n{}\n{}", source, shown(compile), where.config, library_time));

  fs::path language;
  if (source.contains("#include <mirage/config.hpp>")) {
    MIRAGE_TRY(language, precompiled_language(compile.words, cache, screen));
    if (!language.empty()) compile.words.insert(compile.words.end(), {"-include-pch", language.string()});
  }
  compile.words.insert(compile.words.end(), {where.config, from.config_library.string()});
  MIRAGE_TRY(const finished result, keep_compiled(compile, program, where.config, screen));
  if (result.status == 0) return program;
  // The compiler refuses it where a header has been replaced by an older one, which by its time is not new.
  if (!language.empty() && result.errors.contains(language.string()) && fs::remove(language, error)) {
    return compiled(where, source, from, packages, screen);
  }
  return fail(diagnose_config(result.errors, source, where.config));
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
  MIRAGE_TRY(const fs::path program, compiled(where, source, from, packages, screen));
  command evaluation{.words = {program.string(), "--target=" + target}, .folder = where.folder};
  evaluation.words.insert(evaluation.words.end(), keys.begin(), keys.end());
  MIRAGE_TRY(const finished result, run(evaluation));
  if (result.status > 128)
    return refuse("{} crashed; run it in a debugger: {}", where.config, shown(evaluation));
  if (result.status != 0) return fail(tool_error{std::string{trimmed(result.errors)}});
  return parse_graph(result.output);
}

}  // namespace mirage::tool
