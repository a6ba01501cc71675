// SPDX-License-Identifier: ISC
// `mirage configure`: evaluates config.cpp and writes the files of mirage/.
#include "depexts.hpp"
#include "files.hpp"
#include "generated_files.hpp"
#include "launch.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

context context_of(const plan& what, const configure_options& options, const std::string& source,
                   const generated_texts& texts) {
  context now;
  now.version = what.version;
  now.target = what.where.name;
  now.config = what.config;
  now.output = options.output;
  now.keys = options.keys;
  now.config_digest = digest(source);
  now.name = what.name;
  now.image = what.image_path();
  for (const auto& [path, text] : texts) now.files[path] = digest(text);
  return now;
}

bool is_file_name(const std::string& name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
             name.npos &&
         !name.starts_with('.');
}

}  // namespace

outcome<int> configure(const session& with, const configure_options& options) {
  if (!is_file_name(options.output)) {
    return refuse("-o {}: the image lies in dist/, so give a plain file name", options.output);
  }
  MIRAGE_TRY(const project where, find_project(options.config));
  MIRAGE_TRY(const plan what, make_plan(with, where, options));
  if (options.check_depexts) MIRAGE_TRY_VOID(require_depexts(what.packages));

  generated_texts texts{{"mirage/main.cpp", main_cpp(what)},
                        {"mirage/CMakeLists.txt", cmake_lists(what)},
                        {"mirage/manifest.json", manifest(what)}};
  MIRAGE_TRY(generated_texts beside, launch_files(what, where));
  texts.merge(beside);
  if (options.dry_run) {
    for (const auto& [path, text] : texts) with.screen.note("would write " + path);
    with.screen.note("would write mirage/context");
    return exit_status::ok;
  }
  MIRAGE_TRY(const std::string source, read_file(where.config_path()));
  const auto last = read_context(where);
  MIRAGE_TRY_VOID(write_generated(where, texts, last ? &*last : nullptr));
  const generated_texts record{{"mirage/context", to_text(context_of(what, options, source, texts))}};
  MIRAGE_TRY_VOID(write_generated(where, record, nullptr));
  with.screen.note(fmt::format("Configured {} for the target {}: mirage/main.cpp connects {} device{}",
                               what.name, what.where.name, what.image.devices.size(),
                               what.image.devices.size() == 1 ? "" : "s"));
  return exit_status::ok;
}

}  // namespace mirage::tool
