// SPDX-License-Identifier: ISC
// `mirage run`: becomes the program that starts the image, so that signals and the exit status are the
// image's.
#include "files.hpp"
#include "process.hpp"
#include "verbs.hpp"

namespace mirage::tool {

outcome<int> run_image(const session& with, const run_options& given) {
  MIRAGE_TRY(const project where, find_project(given.config));
  MIRAGE_TRY(const context last, read_context(where));
  MIRAGE_TRY(const target place, choose_target(with.targets, last.target));
  std::error_code error;
  const fs::path image = fs::absolute(where.folder / last.image, error);
  if (!fs::is_regular_file(image, error))
    return refuse("{} is not built; run `mirage build` first", last.image);

  const fs::path folder = fs::absolute(where.config_path(), error).parent_path();

  command start;
  std::vector<std::string> options = given.options;
  for (const auto& word : place.run) {
    if (word == "@options@") {
      start.words.insert(start.words.end(), options.begin(), options.end());
      options.clear();
      continue;
    }
    std::string words = filled(filled(word, "image", image.string()), "name", last.name);
    words = filled(std::move(words), "programs", with.from.programs.string());
    words = filled(std::move(words), "target", place.folder.string());
    start.words.push_back(filled(std::move(words), "project", folder.string()));
  }
  start.words.insert(start.words.end(), options.begin(), options.end());
  start.words.insert(start.words.end(), given.arguments.begin(), given.arguments.end());
  with.screen.detail(shown(start));
  return fail(become(start));
}

}  // namespace mirage::tool
