// SPDX-License-Identifier: ISC
// `mirage init`: a new project from a template, a folder of files with @name@ in them.
#include <algorithm>

#include "files.hpp"
#include "mirage/config/words.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

std::vector<fs::path> sorted_entries(const fs::path& folder, bool folders) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->is_directory(error) == folders) found.push_back(entry->path().filename());
  }
  std::ranges::sort(found);
  return found;
}

std::string known_templates(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& name : sorted_entries(folder, true)) names.push_back(name.string());
  return config::listed(names);
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file(error)) found.push_back(entry->path().lexically_relative(folder));
  }
  std::ranges::sort(found);
  return found;
}

// What an image, and the function in it, can be called after a folder: "My site" gives my-site and my_site.
std::string image_name(const fs::path& folder) {
  std::error_code error;
  std::string name = fs::weakly_canonical(fs::absolute(folder, error), error).filename().string();
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) c = '-';
  }
  if (name.empty() || name.front() < 'a' || name.front() > 'z') name = "unikernel";
  return name;
}

}  // namespace

outcome<int> init(const session& with, const init_options& options) {
  const fs::path templates = with.from.sources / "tool/templates";
  const fs::path model = templates / options.template_name;
  std::error_code error;
  if (options.template_name.contains('/') || !fs::is_directory(model, error)) {
    return refuse("there is no template {}; the templates are: {}", options.template_name,
                  known_templates(templates));
  }
  const fs::path folder = options.folder;
  const std::string name = image_name(folder);
  const auto files = files_below(model);
  for (const auto& file : files) {
    if (fs::exists(folder / file, error)) {
      return refuse("{} is there already; `mirage init` writes into a folder without it",
                    (folder / file).string());
    }
  }
  for (const auto& file : files) {
    MIRAGE_TRY(std::string text, read_file(model / file));
    text = filled(std::move(text), "name", name);
    text = filled(std::move(text), "function", config::cpp_name(name));
    MIRAGE_TRY_VOID(write_file(folder / file, text));
    with.screen.note("Wrote " + (folder / file).lexically_normal().string());
  }
  with.screen.note(fmt::format("Next: {}mirage configure && mirage build && mirage run",
                               options.folder == "." ? "" : fmt::format("cd {} && ", options.folder)));
  return exit_status::ok;
}

}  // namespace mirage::tool
