// SPDX-License-Identifier: ISC
// `mirage build`: compiles the image into dist/.
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "build_progress.hpp"
#include "diagnosis.hpp"
#include "files.hpp"
#include "launch.hpp"
#include "library_cache.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

// What `mirage build` put into dist/, so that it is known from a file of the project.
class built_images {
 public:
  explicit built_images(const project& where) : list_(where.generated() / "build" / "images") {
    if (const auto text = read_file(list_)) images_ = lines_of(*text);
  }

  bool contains(const std::string& image) const { return std::ranges::find(images_, image) != images_.end(); }

  outcome<void> add(const std::string& image) {
    if (contains(image)) return {};
    images_.push_back(image);
    return write_file(list_, fmt::format("{}\n", fmt::join(images_, "\n")));
  }

 private:
  fs::path list_;
  std::vector<std::string> images_;
};

outcome<plan> current_plan(const session& with, const project& where, const context& last) {
  project_options options;
  options.config = where.config_path().string();
  options.target = last.target;
  options.output = last.output;
  options.keys = last.keys;
  MIRAGE_TRY(const bool current, is_current(with, where, last));
  if (!current) {
    with.screen.note(fmt::format("{} has changed; configuring again", where.config));
    configure_options again;
    static_cast<project_options&>(again) = options;
    MIRAGE_TRY_VOID(configure(with, again));
  }
  return make_plan(with, where, options);
}

// The libraries behind a link in the project: wherever in the cache they lie, the commands that compile the
// image are the same, so that a compiler cache knows it again when only other things have changed.
outcome<fs::path> linked(const fs::path& libraries, const fs::path& link) {
  MIRAGE_TRY_VOID(make_folder(link.parent_path()));
  const fs::path made = fs::path(link) += ".new";
  std::error_code error;
  fs::remove(made, error);
  fs::create_directory_symlink(libraries, made, error);
  if (!error) fs::rename(made, link, error);
  if (error) return refuse("cannot make the link {}: {}", link.string(), error.message());
  return fs::absolute(link, error);
}

std::vector<std::string> arguments_of(const plan& what, const installation& from, const fs::path& libraries,
                                      const fs::path& link) {
  std::vector<std::string> arguments{"-Dmirage_DIR=" + (link / "lib/cmake/mirage").string(),
                                     // Unused there: with other libraries the build begins anew.
                                     "--no-warn-unused-cli", "-DMIRAGE_LIBRARIES=" + libraries.string(),
                                     "-DMIRAGE_PROGRAMS=" + from.programs.string(),
                                     "-DCMAKE_BUILD_TYPE=RelWithDebInfo"};
  // What goes by this time is made again when it changes.
  if (const char* time = std::getenv("SOURCE_DATE_EPOCH"); time != nullptr && *time != '\0')
    arguments.push_back(fmt::format("-DMIRAGE_SOURCE_DATE_EPOCH={}", time));
  for (auto& word : cmake_arguments(what.where, from.compiler)) arguments.push_back(std::move(word));
  return arguments;
}

outcome<void> check(const outcome<finished>& result, const project& where, const graph& image) {
  if (!result) return fail(result.error());
  std::error_code error;
  const std::string folder =
      fs::weakly_canonical(fs::absolute(where.config_path(), error), error).parent_path();
  if (result->status != 0) return fail(diagnose_build(result->output + result->errors, image, folder));
  return {};
}

}  // namespace

outcome<int> build(const session& with, const std::string& config, bool dry_run) {
  MIRAGE_TRY(const project where, find_project(config));
  MIRAGE_TRY(const context last, read_context(where));
  MIRAGE_TRY(const plan what, current_plan(with, where, last));
  const std::string image = what.image_path();

  built_images built{where};
  std::error_code error;
  const std::string container = container_path(what);
  for (const std::string& path : {image, container}) {
    if (path.empty() || !fs::exists(where.folder / path, error) || built.contains(path)) continue;
    return refuse(
        "{} was not built by mirage; move it away, or choose another name with `mirage configure -o`", path);
  }
  if (dry_run) {
    with.screen.note("would build " + image);
    return exit_status::ok;
  }
  MIRAGE_TRY(const fs::path libraries, libraries_for(what.where, what.packages, with.from, with.screen));
  const fs::path folder = where.build_folder(what.where.name);
  MIRAGE_TRY_VOID(make_folder(folder));
  MIRAGE_TRY_VOID(built.add(image));
  MIRAGE_TRY(const fs::path link, linked(libraries, where.libraries_link(what.where.name)));
  const auto arguments = arguments_of(what, with.from, libraries, link);
  MIRAGE_TRY_VOID(
      check(cmake_configure(where.generated(), folder, arguments, with.screen), where, what.image));
  MIRAGE_TRY_VOID(check(cmake_build(folder, {}, "Building " + what.name, with.screen), where, what.image));
  // A target may keep an unstripped image beside it.
  if (fs::exists(where.folder / (image + ".debug"), error)) MIRAGE_TRY_VOID(built.add(image + ".debug"));
  if (!container.empty()) {
    MIRAGE_TRY_VOID(built.add(container));
    MIRAGE_TRY_VOID(write_container(what, where));
  }
  with.screen.note("Built " + (where.folder / image).string());
  return exit_status::ok;
}

}  // namespace mirage::tool
