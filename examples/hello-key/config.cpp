// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto text = argument<std::string>("hello", "What to say", "Hello World!");
  auto hello = unikernel<>("hello", "unikernel.hpp", text);
  return configure(argc, argv, "hello-key", hello());
}
