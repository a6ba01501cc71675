// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto greet = unikernel<>("greet", "unikernel.hpp", local_library("greeting"));
  return configure(argc, argv, "local-library", greet());
}
