// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto server = argument<endpoint>("server", "The time server", {"127.0.0.1:123"});
  auto count = argument<unsigned>("count", "How many answers are waited for", 1);
  auto sync = unikernel<stack>("synchronise", "unikernel.hpp", server, count, package("sntp"));
  return configure(argc, argv, "clock-sync", sync(generic_stack(default_network)));
}
