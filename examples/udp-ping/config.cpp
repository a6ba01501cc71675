// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto to = argument<ip_address>("to", "Who is asked", ip_address{"127.0.0.1"});
  auto port = argument<std::uint16_t>("port", "The UDP port that is asked", 7);
  auto count = argument<unsigned>("count", "How often", 4);
  auto ping = unikernel<stack>("ping", "unikernel.hpp", to, port, count);
  return configure(argc, argv, "udp-ping", ping(generic_stack(default_network)));
}
