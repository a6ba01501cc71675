// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto how = argument<std::string>("how", "Whether somebody catches what it throws", "caught");
  auto thrower = unikernel<>("thrower", "unikernel.hpp", how, exceptions);
  return configure(argc, argv, "exceptions", thrower());
}
