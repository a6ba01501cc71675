// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto subnet = argument<ipv4_prefix>("subnet", "The network that is served", {"10.0.0.0/24"});
  auto first = argument<ipv4_address>("first", "The first address that is leased", {"10.0.0.100"});
  auto last = argument<ipv4_address>("last", "The last one", {"10.0.0.199"});
  auto lease = argument<std::chrono::seconds>("lease", "For how long", std::chrono::hours(1));
  auto serve = unikernel<stack>("serve", "unikernel.hpp", subnet, first, last, lease, package("dhcp"));
  return configure(argc, argv, "dhcp", serve(direct_stack(default_network)));
}
