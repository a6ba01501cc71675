// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto port = argument<std::uint16_t>("port", "The TCP port to listen on", 5201);
  auto iperf = unikernel<stack>("iperf", "unikernel.hpp", port, package("channel"));
  return configure(argc, argv, "iperf", iperf(generic_stack(default_network)));
}
