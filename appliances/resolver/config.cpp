// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto metrics = key<bool>("metrics", "Have /metrics and /tasks, at --metrics-port", false);
  auto port = argument<std::uint16_t>("port", "The port to answer on, over UDP and TCP", 53);
  auto clients = argument<std::vector<ip_prefix>>(
      "clients", "Networks that are answered; without it, private ones and this machine");
  auto roots = argument<std::vector<ip_address>>("roots", "Servers of the root; without it, the Internet's");
  auto anchors = argument<std::vector<dns_trust_anchor>>(
      "trust-anchor",
      "DS records of the root's keys; without it, the Internet's, or none where --roots is given");
  auto resolve = unikernel<stack>("resolve_names", "unikernel.hpp", port, clients, roots, anchors,
                                  package("dns_resolver"));
  auto stack = generic_stack(default_network);
  return configure(argc, argv, "resolver",
                   {resolve(stack), if_key(metrics, management(http(stack)), noop())});
}
