// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto backwards = unikernel<console>("backwards", "unikernel.hpp", package("channel"));
  return configure(argc, argv, "console", backwards(default_console));
}
