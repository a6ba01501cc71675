// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto kind = argument<std::string>("kind", "How to go wrong", "read-null");
  auto fault = unikernel<>("fault", "unikernel.hpp", kind);
  return configure(argc, argv, "faults", fault());
}
