// SPDX-License-Identifier: ISC
// run_packet_scripts SCRIPT...: runs each and prints a line for each; what is wrong stands below, as
// FILE:LINE:COLUMN.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "runner.hpp"

int main(int argc, char** argv) {
  int failed = 0;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      fmt::print("fail {}: cannot be read\n", argv[i]);
      ++failed;
      continue;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    if (const auto wrong = mirage::scripts::run_script(text)) {
      fmt::print("fail {}:{}\n", argv[i], *wrong);
      ++failed;
    } else {
      fmt::print("pass {}\n", argv[i]);
    }
  }
  if (argc < 2) fmt::print(stderr, "usage: run_packet_scripts SCRIPT...\n");
  return failed == 0 && argc > 1 ? 0 : 1;
}
