// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto what = argument<std::string>("do", "What it does: nothing, print, sleep, wait or fail", "nothing");
  auto status = argument<int>("status", "The status that it ends with", 0);
  auto guest = unikernel<>("guest", "unikernel.hpp", what, status);
  return configure(argc, argv, "guest", guest());
}
