// SPDX-License-Identifier: ISC
// A project: the folder with a config.cpp, and what `mirage configure` left in its mirage/ folder.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

/// What `mirage configure` was called with and what it wrote: the file mirage/context.
struct context {
  std::string version;  // of the tool
  std::string target;
  std::string config;                        // the file's name in the project
  std::string output;                        // -o; empty: the name in config.cpp
  std::vector<std::string> keys;             // as they were given
  std::string config_digest;                 // of config.cpp
  std::string name;                          // the image's name
  std::string image;                         // "dist/hello"
  std::map<std::string, std::string> files;  // generated files, relative to the project, and their digests
};

struct project {
  std::filesystem::path folder;  // empty: the current one
  std::string config;            // "config.cpp"

  std::filesystem::path config_path() const { return folder / config; }
  std::filesystem::path generated() const { return folder / "mirage"; }
  std::filesystem::path context_path() const { return generated() / "context"; }
  std::filesystem::path build_folder(const std::string& target) const {
    return generated() / "build" / target;
  }
  std::filesystem::path libraries_link(const std::string& target) const {
    return generated() / "build" / "libraries" / target;
  }
};

/// The project of a configuration file, which must be there.
outcome<project> find_project(const std::string& config_file);

/// The first line of every generated file is a comment with these words.
std::string generated_words(const std::string& config);

std::string to_text(const context& what);

/// Refuses with "run `mirage configure`" where there is none.
outcome<context> read_context(const project& where);

}  // namespace mirage::tool
