// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  using texts = std::vector<std::string>;
  auto metrics = key<bool>("metrics", "Have /metrics and /tasks, at --metrics-port", false);
  auto transfers = key<bool>("transfers", "Exchange zones with other servers", true);
  auto compiled = key<bool>("compiled-zones", "Make the zones when the image is built, and read none", false);
  auto port = argument<std::uint16_t>("port", "The port to answer on, over UDP and TCP", 53);
  auto keys = argument<texts>("tsig-key", "Keys shared with other servers, NAME:ALGORITHM:BASE64");
  auto transfer_to =
      argument<texts>("transfer-to", "Who may fetch zones: ADDRESS, NETWORK, #KEY or NETWORK#KEY");
  auto notify = argument<texts>("notify", "Who is told when a zone changes: ADDRESS or ADDRESS#KEY");
  auto secondary = argument<texts>("secondary", "Zones of other servers: ZONE@ADDRESS or ZONE@ADDRESS#KEY");
  auto reload = argument<std::chrono::seconds>(
      "zone-reload", "How often changed zone files are read again; 0s for never", std::chrono::seconds(0));
  auto coalesce = argument<std::chrono::microseconds>(
      "coalesce", "How long a busy server gathers queries; 0s for not at all",
      std::chrono::microseconds(200));
  auto rate = argument<std::uint16_t>(
      "rate-limit",
      "UDP answers a second to one network for one name, the rest is cut or left out; 0 for no limit", 0);
  auto server = unikernel<kv_ro, stack>("serve_zones", "unikernel.hpp", port, keys, transfer_to, notify,
                                        secondary, reload, coalesce, rate, package("dns_server"));
  auto primary = unikernel<kv_ro, stack>("serve_primary", "primary.hpp", port, reload, coalesce, rate,
                                         package("dns_server"));
  auto fixed =
      unikernel<kv_ro, stack>("serve_compiled", "compiled.hpp", port, coalesce, rate, package("dns_server"));
  auto zones = generic_kv_ro("zones");
  auto stack = generic_stack(default_network);
  return configure(argc, argv, "dns-server",
                   {if_key(compiled, fixed(compiled_zones("zones"), stack),
                           if_key(transfers, server(zones, stack), primary(zones, stack))),
                    if_key(metrics, management(http(stack)), noop())});
}
