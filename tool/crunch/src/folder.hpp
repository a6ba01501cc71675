// SPDX-License-Identifier: ISC
// What is in a folder of the host, as keys.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mirage/generator.hpp"

namespace mirage::crunch_generator {

using generator::failure;
using generator::outcome;
using generator::read_file;
using generator::refuse;
using generator::write_file;

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

}  // namespace mirage::crunch_generator
