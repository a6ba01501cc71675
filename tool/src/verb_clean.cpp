// SPDX-License-Identifier: ISC
// `mirage clean`: removes what configure and build made, and nothing else.
#include "files.hpp"
#include "generated_files.hpp"
#include "mirage/config/words.hpp"
#include "verbs.hpp"

namespace mirage::tool {

outcome<int> clean(const session& with, const std::string& config, bool dry_run) {
  MIRAGE_TRY(const project where, find_project(config));
  const auto last = read_context(where);
  const fs::path builds = where.generated() / "build";
  const auto images = read_file(builds / "images");

  std::error_code error;
  std::vector<std::string> gone;
  if (images) gone = lines_of(*images);
  if (fs::is_directory(builds, error)) gone.emplace_back("mirage/build");
  if (dry_run) {
    if (last) {
      for (const auto& [path, sum] : last->files) gone.push_back(path);
      gone.emplace_back("mirage/context");
    }
    for (const auto& path : gone) with.screen.note("would remove " + path);
    return exit_status::ok;
  }

  for (const auto& path : gone) {
    fs::remove_all(where.folder / path, error);
    if (error) return refuse("cannot remove {}: {}", path, error.message());
  }
  std::vector<std::string> kept;
  if (last) {
    MIRAGE_TRY(kept, remove_generated(where, *last));
    if (kept.empty()) fs::remove(where.context_path(), error);
  }
  // Empty folders go too; others have something of a person's in them.
  for (const char* folder : {"mirage", "dist"}) {
    if (fs::is_empty(where.folder / folder, error) && !error) fs::remove(where.folder / folder, error);
  }
  if (!kept.empty()) {
    return refuse("kept {}, changed by hand since mirage wrote {}; delete {} yourself", config::listed(kept),
                  kept.size() == 1 ? "it" : "them", kept.size() == 1 ? "it" : "them");
  }
  return exit_status::ok;
}

}  // namespace mirage::tool
