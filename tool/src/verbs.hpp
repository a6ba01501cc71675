// SPDX-License-Identifier: ISC
// The verbs of the command, a file each. Each gives the exit status, or an error that main shows.
#pragma once

#include <string>
#include <vector>

#include "error.hpp"
#include "session.hpp"

namespace mirage::tool {

struct init_options {
  std::string folder = ".";
  std::string template_name = "hello";
};

struct configure_options : project_options {
  bool dry_run = false;
  bool check_depexts = true;
};

struct query_options : project_options {
  std::string what;
};

struct describe_options : project_options {
  enum class form { text, dot, svg } as = form::text;
  std::string file;  // where the picture goes; empty: standard output
};

struct run_options {
  std::string config = "config.cpp";
  std::vector<std::string> options;    // what `run` does not know itself
  std::vector<std::string> arguments;  // what stands behind --
};

struct test_options {
  std::string config = "config.cpp";
  std::string seed;                    // empty: each scenario's own
  std::string pcap;                    // a folder; empty: no captures
  std::vector<std::string> scenarios;  // empty: all of scenarios/
};

outcome<int> init(const session& with, const init_options& options);
outcome<int> configure(const session& with, const configure_options& options);
outcome<int> query(const session& with, const query_options& options);
outcome<int> describe(const session& with, const describe_options& options);
outcome<int> build(const session& with, const std::string& config, bool dry_run);
outcome<int> run_image(const session& with, const run_options& given);
outcome<int> test(const session& with, const test_options& options);
outcome<int> clean(const session& with, const std::string& config, bool dry_run);
outcome<int> help(const session& with, const std::string& topic);

}  // namespace mirage::tool
