// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto port = argument<std::uint16_t>("port", "The UDP port to answer on", 7);
  auto echo = unikernel<stack>("echo", "unikernel.hpp", port);
  return configure(argc, argv, "udp-echo", echo(generic_stack(default_network)));
}
