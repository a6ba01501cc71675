// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto port = argument<std::uint16_t>("port", "The TCP port to listen on", 8080);
  auto hello = unikernel<http_server>("hello", "unikernel.hpp", port);
  return configure(argc, argv, "http-hello", hello(http(generic_stack(default_network))));
}
