// SPDX-License-Identifier: ISC
// What every verb works with: the installation, its packages and targets, the screen; and the steps that
// several verbs share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "error.hpp"
#include "generate.hpp"
#include "installation.hpp"
#include "package.hpp"
#include "project.hpp"
#include "target.hpp"
#include "terminal.hpp"

namespace mirage::tool {

/// Options of the verbs that look at a project. What is not given comes from the last `mirage configure`, and
/// after that from the environment.
struct project_options {
  std::string config = "config.cpp";  // -f
  std::string target;                 // -t; empty: not given
  std::string output;                 // -o
  std::vector<std::string> keys;      // everything else: --net=host
};

struct session {
  terminal& screen;
  installation from;
  std::vector<package> packages;
  std::vector<target> targets;
};

outcome<session> open_session(terminal& screen);

/// -t, else MIRAGE_DEFAULT_TARGET, else unix.
std::string default_target(const std::string& given);

/// Evaluates config.cpp and finds the packages of the image.
outcome<plan> make_plan(const session& with, const project& where, const project_options& options);

/// The same for verbs that only look: with the last configuration's target and keys where none are given.
outcome<plan> look_at(const session& with, const project_options& options);

/// The project whose configuration file has this text was configured with it.
outcome<bool> is_current(const session& with, const project& where, const context& last);

}  // namespace mirage::tool
