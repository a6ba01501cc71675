// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto left = netif("", {"left"});
  auto right = netif("", {"right"});
  auto forward =
      unikernel<network, network>("forward", "unikernel.hpp", package("checksum"), package("ethernet"),
                                  package("ipv4"), package("ipv6"), package("tcp"), package("udp"));
  return configure(argc, argv, "netif-forward", forward(left, right));
}
