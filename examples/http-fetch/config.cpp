// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto uri = argument<std::string>("uri", "What to fetch", "http://localhost:8080/");
  auto fetch = unikernel<http_client>("fetch", "unikernel.hpp", uri);
  auto stack = generic_stack(default_network);
  return configure(argc, argv, "http-fetch", fetch(http_client_of(stack, generic_resolver(stack))));
}
