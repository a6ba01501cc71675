// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto how = argument<std::string>("how", "What it does that no unikernel may do", "nothing");
  auto crash = unikernel<>("crash", "unikernel.hpp", how);
  return configure(argc, argv, "crash", crash());
}
