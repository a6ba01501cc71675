// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto forward = argument<std::vector<port_forward>>("forward", "Ports outside that lead to hosts inside");
  auto inside = netif("", {"inside"});
  auto outside = netif("", {"outside"});
  auto route = unikernel<router>("route", "unikernel.hpp", forward);
  return configure(argc, argv, "router", route(nat_router(inside, outside)));
}
