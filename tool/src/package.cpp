// SPDX-License-Identifier: ISC
#include "package.hpp"

#include <algorithm>
#include <array>

#include "toml.hpp"

namespace mirage::tool {

namespace fs = std::filesystem;

namespace {

// The floors of the house whose packages can be part of an image.
constexpr std::array floors{"core", "types", "net", "storage", "drivers", "targets"};

outcome<void> add_package(std::vector<package>& found, const fs::path& file, const std::string& floor) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return {};
  MIRAGE_TRY(package one, read_package(file));
  // Helpers of unit tests are packages too, but never part of an image.
  if (one.name.ends_with("_test_support")) return {};
  one.floor = floor;
  found.push_back(std::move(one));
  return {};
}

}  // namespace

bool package::is_for(const std::string& target) const {
  return targets.empty() || std::ranges::find(targets, target) != targets.end();
}

outcome<package> read_package(const fs::path& file) {
  MIRAGE_TRY(const toml::table table, read_toml(file));
  package one;
  one.name = text_at(table, "name");
  one.version = text_at(table, "version");
  one.summary = text_at(table, "summary");
  one.targets = texts_at(table, "targets");
  one.folder = file.parent_path();
  if (one.name.empty()) return refuse("{}: has no name; add the line name = \"...\"", file.string());
  if (one.version.empty()) one.version = "0";
  if (const auto* wishes = table["dependencies"].as_table()) {
    for (const auto& [name, versions] : *wishes) {
      one.wishes.push_back({std::string{name.str()}, versions.value_or(std::string{})});
    }
  }
  if (const auto* depexts = table["depexts"].as_table()) one.debian = texts_at(*depexts, "debian");
  return one;
}

outcome<std::vector<package>> find_packages(const fs::path& sources) {
  std::vector<package> found;
  for (const std::string floor : floors) {
    std::error_code error;
    MIRAGE_TRY_VOID(add_package(found, sources / floor / "package.toml", floor));
    for (fs::directory_iterator entry(sources / floor, error), end; !error && entry != end;
         entry.increment(error)) {
      MIRAGE_TRY_VOID(add_package(found, entry->path() / "package.toml", floor));
    }
  }
  std::ranges::sort(found, {}, &package::name);
  if (found.empty()) return refuse("there are no packages in {}; install Mirage again", sources.string());
  return found;
}

const package* find_package(const std::vector<package>& all, const std::string& name) {
  const auto place = std::ranges::find(all, name, &package::name);
  return place == all.end() ? nullptr : &*place;
}

}  // namespace mirage::tool
