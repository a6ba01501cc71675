// SPDX-License-Identifier: ISC
// What a device or a unikernel needs besides other devices: packages, and libraries of the project itself.
#pragma once

#include <string>

namespace mirage::config {

/// A package by the name in its package.toml. The constraint is a list like ">= 1.0" or ">= 1.2, < 2"; empty
/// takes any version. `mirage configure` refuses what cannot be had together.
struct package {
  std::string name;
  std::string constraint = {};

  package(std::string package_name, std::string versions = {})
      : name(std::move(package_name)), constraint(std::move(versions)) {}
  package(const char* package_name) : name(package_name) {}

  friend bool operator==(const package&, const package&) = default;
};

/// A folder of the project, relative to config.cpp: its *.cpp (and those in its src/) are compiled into the
/// image, and the folder (and its include/) is on the include path. A package.toml in it may name packages
/// that it needs.
struct local_library {
  std::string folder;

  explicit local_library(std::string path) : folder(std::move(path)) {}

  friend bool operator==(const local_library&, const local_library&) = default;
};

/// That a unikernel throws C++ exceptions. Where there is no operating system an image is compiled with them
/// only when somebody asks, for they make it some sixty kilobytes larger.
struct exceptions_wish {};
inline constexpr exceptions_wish exceptions{};

}  // namespace mirage::config
