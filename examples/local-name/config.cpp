// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto host = argument<std::string>("host", "What it is called on the link, without .local", "mirage");
  auto peer =
      argument<std::string>("peer", "Whose address it tells, as in printer.local; empty: nobody's", "");
  auto announce = unikernel<stack, resolver>("announce", "unikernel.hpp", host, peer, package("mdns"));
  auto own = direct_stack(default_network);
  return configure(argc, argv, "local-name", announce(own, dns_client(own)));
}
