// SPDX-License-Identifier: ISC
// The places where an image can run. A folder targets/NAME says in its target.toml which targets it brings, a
// table each, so that a new target edits no list:
//
//   [unix]
//   summary = "A Linux process"
//   package = "unix"            # what the image is linked with; the table's name where it is left out
//   image = "@name@"            # the file in dist/; "@name@.TARGET" where it is left out
//   module = true               # the image is a shared object, which the program in `run` loads
//   toolchain = "toolchain.cmake"   # a CMake toolchain file in that folder; the host's compiler without one
//   exceptions = false         # compiled with C++ exceptions only when config.cpp asks for them
//   finish = "mirage_finish_image"  # a CMake function of the target's packages that is called with the image
//   run = ["@image@"]           # what `mirage run` starts, before the boot arguments; @programs@ is our
//                               # bin/, and @options@ the words of `mirage run` before --, which are boot
//                               # arguments else
//   launch = ["qemu", "systemd"]   # the files of tool/deployment that `mirage configure` writes beside it
//   urunc = true                # `mirage build` makes a container of the image, for urunc
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

struct target {
  std::string name;
  std::string summary;
  std::string package;
  std::string image;
  bool module = false;              // a shared object
  std::filesystem::path toolchain;  // empty: none
  bool exceptions_on_request = false;
  bool asked_for_exceptions = false;  // where they are on request
  std::string finish;                 // empty: none
  std::vector<std::string> run;
  std::vector<std::string> launch;
  bool urunc = false;
  std::filesystem::path folder;
};

/// Every target, by name.
outcome<std::vector<target>> find_targets(const std::filesystem::path& sources);

/// The one of that name; refuses with the list of those that there are.
outcome<target> choose_target(const std::vector<target>& all, const std::string& name);

/// Compiler and target, for CMake.
std::vector<std::string> cmake_arguments(const target& one, const std::string& compiler);

/// The name of the libraries that an image of it is linked with: an image that throws exceptions needs
/// others.
std::string library_set(const target& one);

}  // namespace mirage::tool
