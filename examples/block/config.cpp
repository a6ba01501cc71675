// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto tests = unikernel<block>("block_tests", "unikernel.hpp");
  return configure(argc, argv, "block", tests(generic_block("disk.img")));
}
