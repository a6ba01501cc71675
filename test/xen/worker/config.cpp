// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto worker = unikernel<stack, block>("worker", "unikernel.hpp");
  return configure(argc, argv, "worker", worker(generic_stack(default_network), generic_block("disk.img")));
}
