// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto answer = unikernel<block, stack>("answer_once", "unikernel.hpp");
  return configure(argc, argv, "deployed", answer(generic_block("storage"), generic_stack(default_network)));
}
