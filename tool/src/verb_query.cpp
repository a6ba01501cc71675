// SPDX-License-Identifier: ISC
// `mirage query`: one thing about a project, in lines for scripts.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "depexts.hpp"
#include "files.hpp"
#include "image_size.hpp"
#include "launch.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

struct question {
  std::string_view name;
  outcome<std::string> (*answer)(const plan& what, const project& where);
};

std::string value_and_choices(const graph_key& key) {
  std::string text = fmt::format("--{}={}", key.name, key.value);
  if (key.values.size() > 1) text += fmt::format(" ({})", fmt::join(key.values, "|"));
  return fmt::format("{:<32} {}\n", text, key.doc);
}

outcome<std::string> name(const plan& what, const project&) { return what.name + "\n"; }

outcome<std::string> packages(const plan& what, const project&) {
  std::string text;
  for (const auto& one : what.packages) text += fmt::format("{} {}\n", one.name, one.version);
  return text;
}

outcome<std::string> depexts(const plan& what, const project&) {
  std::string text;
  for (const auto& one : depexts_of(what.packages)) text += one + "\n";
  return text;
}

outcome<std::string> files(const plan& what, const project& where) {
  std::string text = "mirage/CMakeLists.txt\nmirage/context\nmirage/main.cpp\nmirage/manifest.json\n";
  text += what.image_path() + "\n";
  MIRAGE_TRY(const generated_texts beside, launch_files(what, where));
  for (const auto& [path, content] : beside) text += path + "\n";
  if (const auto container = container_path(what); !container.empty()) text += container + "\n";
  return text;
}

outcome<std::string> devices(const plan& what, const project&) {
  std::string text;
  for (const auto& one : what.image.devices) text += fmt::format("{} {} {}\n", one.id, one.module, one.type);
  return text;
}

outcome<std::string> keys(const plan& what, const project&) {
  std::string text;
  for (const auto& key : what.image.keys) text += value_and_choices(key);
  return text;
}

outcome<std::string> arguments(const plan& what, const project&) {
  std::string text;
  for (const auto& one : what.image.arguments) {
    text += fmt::format("{:<32} {}\n",
                        fmt::format("--{}{}{}", one.name, one.shown.empty() ? "" : "=", one.shown), one.doc);
  }
  return text;
}

outcome<std::string> main(const plan& what, const project&) { return main_cpp(what); }
outcome<std::string> cmake(const plan& what, const project&) { return cmake_lists(what); }
outcome<std::string> manifest_of(const plan& what, const project&) { return manifest(what); }

outcome<std::string> size(const plan& what, const project& where) {
  const fs::path image = where.folder / what.image_path();
  std::error_code error;
  if (!fs::exists(image, error))
    return refuse("{} is not built; run `mirage build` first", what.image_path());
  return size_table(image.string(), what);
}

constexpr std::array questions{question{"name", name},
                               question{"packages", packages},
                               question{"depexts", depexts},
                               question{"files", files},
                               question{"devices", devices},
                               question{"keys", keys},
                               question{"arguments", arguments},
                               question{"main", main},
                               question{"cmake", cmake},
                               question{"manifest", manifest_of},
                               question{"size", size}};

}  // namespace

outcome<int> query(const session& with, const query_options& options) {
  const auto asked = std::ranges::find(questions, options.what, &question::name);
  if (asked == questions.end()) {
    std::vector<std::string_view> names;
    for (const auto& one : questions) names.push_back(one.name);
    return fail(tool_error{fmt::format("query: there is nothing called `{}`; ask for one of: {}",
                                       options.what, fmt::join(names, ", ")),
                           "", exit_status::bad_usage});
  }
  MIRAGE_TRY(const project where, find_project(options.config));
  MIRAGE_TRY(const plan what, look_at(with, options));
  MIRAGE_TRY(const std::string answer, asked->answer(what, where));
  fmt::print("{}", answer);
  return exit_status::ok;
}

}  // namespace mirage::tool
