// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto call = argument<int>("call", "The domain whose echo is called; -1: none", -1);
  auto serve = argument<int>("serve", "The domain whose bytes are echoed; -1: none", -1);
  auto path = argument<std::string>("path", "Where the server is, in its home in xenstore", "data/echo");
  auto count = argument<std::uint32_t>("bytes", "How many are sent", 1000000);
  auto both =
      unikernel<xen_domain>("vchan_echo", "unikernel.hpp", call, serve, path, count, package("xen_devices"));
  return configure(argc, argv, "vchan", both(generic_xen_domain()));
}
