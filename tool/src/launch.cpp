// SPDX-License-Identifier: ISC
#include "launch.hpp"

#include "files.hpp"
#include "mirage/deployment/launch_files.hpp"

namespace mirage::tool {
namespace {

// The manifest is the one description of what an image needs.
deployment::image_manifest image_of(const plan& what) {
  return deployment::parse_manifest(manifest(what)).value_or(deployment::image_manifest{});
}

}  // namespace

outcome<generated_texts> launch_files(const plan& what, const project& where) {
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(fs::absolute(where.config_path(), error), error).parent_path();
  auto files = deployment::launch_files(
      {.image = image_of(what), .generated = generated_words(what.config), .project = folder.string()},
      what.where.launch);
  if (!files) return refuse("{}", files.error());
  return *std::move(files);
}

std::string container_path(const plan& what) {
  return what.where.urunc && deployment::fits_urunc(image_of(what)) ? what.image_path() + ".oci" : "";
}

outcome<void> write_container(const plan& what, const project& where) {
  const fs::path folder = where.folder / container_path(what);
  MIRAGE_TRY(const std::string content, read_file(where.folder / what.image_path()));
  std::error_code error;
  fs::remove_all(folder, error);  // and the layers of another image with it
  for (const auto& [path, text] : deployment::image_layout(image_of(what), content, digest))
    MIRAGE_TRY_VOID(write_file(folder / path, text));
  return {};
}

}  // namespace mirage::tool
