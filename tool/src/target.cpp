// SPDX-License-Identifier: ISC
#include "target.hpp"

#include <algorithm>

#include "mirage/config/words.hpp"
#include "toml.hpp"

namespace mirage::tool {

namespace fs = std::filesystem;

namespace {

target read_target(const std::string& name, const toml::table& table, const fs::path& folder) {
  target one;
  one.name = name;
  one.summary = text_at(table, "summary");
  one.package = table["package"].value_or(name);
  one.image = table["image"].value_or("@name@." + name);
  one.module = table["module"].value_or(false);
  if (const auto file = text_at(table, "toolchain"); !file.empty()) one.toolchain = folder / file;
  one.exceptions_on_request = !table["exceptions"].value_or(true);
  one.finish = text_at(table, "finish");
  one.run = texts_at(table, "run");
  if (one.run.empty()) one.run = {"@image@"};
  one.launch = texts_at(table, "launch");
  one.urunc = table["urunc"].value_or(false);
  one.folder = folder;
  return one;
}

}  // namespace

outcome<std::vector<target>> find_targets(const fs::path& sources) {
  std::vector<target> found;
  std::error_code error;
  for (fs::directory_iterator entry(sources / "targets", error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path file = entry->path() / "target.toml";
    std::error_code absent;
    if (!fs::is_regular_file(file, absent)) continue;
    MIRAGE_TRY(const toml::table table, read_toml(file));
    for (const auto& [name, value] : table) {
      if (const auto* one = value.as_table())
        found.push_back(read_target(std::string{name.str()}, *one, entry->path()));
    }
  }
  std::ranges::sort(found, {}, &target::name);
  return found;
}

outcome<target> choose_target(const std::vector<target>& all, const std::string& name) {
  const auto place = std::ranges::find(all, name, &target::name);
  if (place != all.end()) return *place;
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.name);
  auto error = refuse("there is no target {}; the targets are: {}", name, config::listed(names));
  return error;
}

std::vector<std::string> cmake_arguments(const target& one, const std::string& compiler) {
  if (one.toolchain.empty()) return {"-DCMAKE_CXX_COMPILER=" + compiler};
  std::vector<std::string> arguments{"-DCMAKE_TOOLCHAIN_FILE=" + one.toolchain.string()};
  if (one.exceptions_on_request)
    arguments.push_back(fmt::format("-DMIRAGE_EXCEPTIONS={}", one.asked_for_exceptions ? "ON" : "OFF"));
  return arguments;
}

std::string library_set(const target& one) {
  return one.name + (one.asked_for_exceptions ? "-exceptions" : "");
}

}  // namespace mirage::tool
