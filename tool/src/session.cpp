// SPDX-License-Identifier: ISC
#include "session.hpp"

#include <cstdlib>

#include "evaluate.hpp"
#include "files.hpp"
#include "mirage/config/words.hpp"
#include "solve.hpp"

namespace mirage::tool {
namespace {

// Headers that are not a package's lie beside config.cpp, or in a local library.
outcome<void> check_header(const project& where, const graph& image, const graph_user& user,
                           const std::string& at) {
  if (user.header.empty() || user.header.starts_with("mirage/")) return {};
  std::error_code error;
  if (fs::is_regular_file(where.folder / user.header, error)) return {};
  for (const auto& folder : local_libraries(image)) {
    for (const auto& place : {fs::path{folder}, fs::path{folder} / "include"}) {
      if (fs::is_regular_file(where.folder / place / user.header, error)) return {};
    }
  }
  return refuse("{}{}there is no file {}, which should have {}; write it, or correct its name", at,
                at.empty() ? "" : ": ", user.header, user.name);
}

outcome<void> check_files(const project& where, const graph& image) {
  for (const auto& folder : local_libraries(image)) {
    std::error_code error;
    if (!fs::is_directory(where.folder / folder, error)) {
      return refuse("{} names the local library {}, and there is no such folder beside it", where.config,
                    folder);
    }
  }
  for (const auto& unikernel : image.unikernels)
    MIRAGE_TRY_VOID(check_header(where, image, unikernel, unikernel.at));
  for (const auto& device : image.devices) {
    // A device with commands for CMake may make its header while the image is built.
    if (device.cmake.empty()) MIRAGE_TRY_VOID(check_header(where, image, device, place_of(image, device)));
  }
  return {};
}

// A local library's package.toml makes it a package, whose wishes count like any other's.
outcome<std::vector<package>> with_local_packages(const project& where, const graph& image,
                                                  std::vector<package> packages) {
  for (const auto& folder : local_libraries(image)) {
    const fs::path file = where.folder / folder / "package.toml";
    std::error_code error;
    if (!fs::is_regular_file(file, error)) continue;
    MIRAGE_TRY(package one, read_package(file));
    if (find_package(packages, one.name) != nullptr) {
      return refuse("{}: a package {} is part of Mirage already; choose another name", file.string(),
                    one.name);
    }
    packages.push_back(std::move(one));
  }
  return packages;
}

std::vector<wisher> wishers_of(const graph& image, const target& where,
                               const std::vector<package>& packages) {
  std::vector<wisher> all{{"every image", {{"core", ""}, {"types", ""}}},
                          {"the target " + where.name, {{where.package, ""}}}};
  for (const auto& unikernel : image.unikernels) {
    all.push_back({fmt::format("{}: {}", unikernel.at, unikernel.name), unikernel.packages});
  }
  for (const auto& device : image.devices) {
    const std::string at = place_of(image, device);
    all.push_back({at.empty() ? device.name : fmt::format("{}: {}", at, device.name), device.packages});
  }
  for (const auto& one : packages) {
    if (one.floor.empty()) all.push_back({"the project", {{one.name, ""}}});
  }
  return all;
}

}  // namespace

outcome<session> open_session(terminal& screen) {
  MIRAGE_TRY(installation from, find_installation());
  MIRAGE_TRY(std::vector<package> packages, find_packages(from.sources));
  MIRAGE_TRY(std::vector<target> targets, find_targets(from.sources));
  return session{screen, std::move(from), std::move(packages), std::move(targets)};
}

std::string default_target(const std::string& given) {
  if (!given.empty()) return given;
  const char* chosen = std::getenv("MIRAGE_DEFAULT_TARGET");
  return chosen != nullptr && *chosen != '\0' ? chosen : "unix";
}

outcome<plan> make_plan(const session& with, const project& where, const project_options& options) {
  plan what;
  MIRAGE_TRY(what.where, choose_target(with.targets, default_target(options.target)));
  MIRAGE_TRY(what.image,
             evaluate(where, what.where.name, options.keys, with.from, with.packages, with.screen));
  MIRAGE_TRY_VOID(check_files(where, what.image));
  what.where.asked_for_exceptions = what.where.exceptions_on_request && wants_exceptions(what.image);
  MIRAGE_TRY(const auto packages, with_local_packages(where, what.image, with.packages));
  MIRAGE_TRY(what.packages, solve(wishers_of(what.image, what.where, packages), packages, what.where.name));
  what.name = options.output.empty() ? what.image.name : options.output;
  what.config = where.config;
  what.version = with.from.version;
  return what;
}

outcome<plan> look_at(const session& with, const project_options& options) {
  MIRAGE_TRY(const project where, find_project(options.config));
  project_options complete = options;
  if (const auto last = read_context(where); last && options.target.empty() && options.keys.empty()) {
    complete.target = last->target;
    complete.keys = last->keys;
    if (complete.output.empty()) complete.output = last->output;
  }
  return make_plan(with, where, complete);
}

outcome<bool> is_current(const session& with, const project& where, const context& last) {
  MIRAGE_TRY(const std::string source, read_file(where.config_path()));
  if (last.version != with.from.version || last.config_digest != digest(source)) return false;
  for (const auto& [path, sum] : last.files) {
    std::error_code error;
    if (!fs::exists(where.folder / path, error)) return false;
  }
  return true;
}

}  // namespace mirage::tool
