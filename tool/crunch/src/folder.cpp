// SPDX-License-Identifier: ISC
#include "folder.hpp"

#include <algorithm>
#include <system_error>

#include "mirage/v1.hpp"

namespace mirage::crunch_generator {

namespace fs = std::filesystem;

namespace {

class walk {
 public:
  outcome<void> enter(const fs::path& directory, const std::string& prefix) {
    std::error_code error;
    const fs::path real = fs::canonical(directory, error);
    if (error) return refuse(directory, error.message());
    if (std::ranges::find(above_, real) != above_.end())
      return refuse(directory, "this symbolic link leads back to a folder that it is in; remove it");
    found.directories.push_back(directory);
    above_.push_back(real);
    auto listing = fs::directory_iterator(directory, error);
    for (; !error && listing != fs::directory_iterator(); listing.increment(error)) {
      const fs::path path = listing->path();
      if (auto taken = take(path, prefix + path.filename().string()); !taken) return taken;
    }
    if (error) return refuse(directory, error.message());
    above_.pop_back();
    return {};
  }

  folder_content found;

 private:
  outcome<void> take(const fs::path& path, std::string key) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (status.type() == fs::file_type::not_found)
      return refuse(path, "this symbolic link leads nowhere; remove it or make what it names");
    if (error) return refuse(path, error.message());
    if (fs::is_directory(status)) return enter(path, key + "/");
    if (!fs::is_regular_file(status)) return refuse(path, "only files and folders can be in the image");
    if (!v1::is_key(key))
      return refuse(path, "its path below the folder is longer than the 1024 bytes of a key");
    found.files.push_back({std::move(key), path});
    return {};
  }

  std::vector<fs::path> above_;
};

}  // namespace

outcome<folder_content> read_folder(const fs::path& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (status.type() == fs::file_type::not_found) return refuse(folder, "there is no such folder");
  if (error) return refuse(folder, error.message());
  if (!fs::is_directory(status)) return refuse(folder, "this is not a folder");
  walk all;
  if (auto walked = all.enter(folder, ""); !walked) return std::unexpected(walked.error());
  std::ranges::sort(all.found.files, {}, &source_file::key);
  std::ranges::sort(all.found.directories);
  return std::move(all.found);
}

}  // namespace mirage::crunch_generator
