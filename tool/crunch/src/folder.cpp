// SPDX-License-Identifier: ISC
#include "folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

#include "mirage/v1.hpp"

namespace mirage::crunch_generator {

namespace fs = std::filesystem;

namespace {

std::unexpected<failure> refuse(const fs::path& path, std::string_view why) {
  return std::unexpected(failure{fmt::format("{}: {}", path.string(), why)});
}

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

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

outcome<std::string> read_file(const fs::path& path) {
  const std::unique_ptr<std::FILE, file_closer> file{std::fopen(path.c_str(), "rb")};
  if (!file) return refuse(path, std::strerror(errno));
  std::error_code error;
  const std::uintmax_t expected = fs::file_size(path, error);
  // Not every file knows its size (those of /proc), so the end is where reading ends.
  std::string text(error ? 0 : static_cast<std::size_t>(expected), '\0');
  std::size_t length = 0;
  while (true) {
    if (length == text.size()) text.resize(length + std::max<std::size_t>(length / 2, 4096));
    const std::size_t count = std::fread(text.data() + length, 1, text.size() - length, file.get());
    if (count == 0) break;
    length += count;
  }
  if (std::ferror(file.get()) != 0) return refuse(path, std::strerror(errno));
  text.resize(length);
  return text;
}

outcome<void> write_file(const fs::path& path, std::string_view text) {
  fs::path next = path;
  next += ".next";
  std::ofstream file(next, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return refuse(path, std::strerror(errno));
  std::error_code error;
  fs::rename(next, path, error);
  if (error) return refuse(path, error.message());
  return {};
}

}  // namespace mirage::crunch_generator
