// SPDX-License-Identifier: ISC
// The texts of the generated files. They depend on the plan and nothing else: no date, no path of the
// machine.
#pragma once

#include <string>
#include <vector>

#include "graph.hpp"
#include "package.hpp"
#include "target.hpp"

namespace mirage::tool {

/// Everything that is known about an image before it is built.
struct plan {
  graph image;
  target where;
  std::vector<package> packages;  // that it is linked with, by name
  std::string name;               // of the file, without what the target puts behind it
  std::string config;             // "config.cpp"
  std::string version;            // of Mirage

  /// "dist/hello", "dist/hello.virtio".
  std::string image_path() const;
};

/// The program: the devices, each constructed once and in order, and the unikernels.
std::string main_cpp(const plan& what);

/// How it is compiled and linked.
std::string cmake_lists(const plan& what);

/// What is in the image, as JSON for other programs.
std::string manifest(const plan& what);

}  // namespace mirage::tool
