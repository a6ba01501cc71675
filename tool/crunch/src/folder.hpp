// SPDX-License-Identifier: ISC
// What is in a folder of the host, as keys.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "error.hpp"

namespace mirage::crunch_generator {

struct source_file {
  std::string key;  // its path below the folder
  std::filesystem::path path;
};

struct folder_content {
  std::vector<source_file> files;                  // sorted by key, bytewise
  std::vector<std::filesystem::path> directories;  // every one that was looked into, the folder itself too
};

/// Every file below the folder, hidden ones too; symbolic links stand for what they lead to. A folder without
/// files in it leaves no trace. Refused is what cannot be a value: a link to nowhere, a circle of links, a
/// device, a path that is no key (v1::is_key).
outcome<folder_content> read_folder(const std::filesystem::path& folder);

outcome<std::string> read_file(const std::filesystem::path& path);

/// Replaces the file at once, so that nobody sees a half of it.
outcome<void> write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace mirage::crunch_generator
