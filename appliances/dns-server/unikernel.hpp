// SPDX-License-Identifier: ISC
// An authoritative DNS server: the primary of the zones in its folder, and a secondary of other servers'
// zones.
#pragma once

#include <mirage/core/inline_vector.hpp>
#include <mirage/core/memory_gauges.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/dns_notifier.hpp>
#include <mirage/dns_secondary.hpp>
#include <mirage/dns_server.hpp>
#include <mirage/v1.hpp>

#include "answering.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

using argument_list = mirage::inline_vector<std::string_view, 16>;

/// Ends the unikernel as a bad argument does.
[[noreturn]] inline void refuse_argument(std::string_view name, std::string_view value,
                                         std::string_view why) {
  dns_log.error("--{}={}: {}", name, value, why);
  mirage::os::exit(64);
}

/// A secret is not shown.
inline mirage::dns::key_ring read_keys(const argument_list& texts) {
  mirage::dns::key_ring keys;
  for (const std::string_view each : texts) {
    auto key = mirage::dns::tsig_key::parse(each);
    if (!key) refuse_argument("tsig-key", each.substr(0, each.find(':')), key.error());
    keys.add(*std::move(key));
  }
  return keys;
}

/// A `transfer_rule` or a `peer`, whose key is one that we have.
template <class Made>
Made read_peer(std::string_view argument, std::string_view text, const mirage::dns::key_ring& keys) {
  auto made = Made::parse(text);
  if (!made) refuse_argument(argument, text, made.error());
  if (made->key && keys.find(*made->key) == nullptr)
    refuse_argument(argument, text, "the key is not one of --tsig-key");
  return *std::move(made);
}

template <mirage::v1::kv_ro Files, mirage::v1::stack Stack>
mirage::task<> serve_zones(Files& store, Stack& stack, std::uint16_t port, const argument_list& tsig_keys,
                           const argument_list& transfer_to, const argument_list& notify,
                           const argument_list& secondaries, mirage::duration zone_reload,
                           mirage::duration coalesce, std::uint16_t rate_limit) {
  const mirage::memory_gauges memory;
  gather_queries(coalesce);
  const mirage::dns::key_ring keys = read_keys(tsig_keys);
  mirage::dns::zone_table zones;
  mirage::dns::zone_versions versions(zones);
  mirage::dns_notifier<Stack> notifier("notifier", stack, keys);
  for (const std::string_view each : notify) notifier.add(read_peer<mirage::dns::peer>("notify", each, keys));
  versions.watch(notifier);

  zone_files files(versions);
  const bool loaded = co_await files.load(store);
  if (!loaded) mirage::os::exit(1);
  if (zones.size() == 0 && secondaries.empty()) refuse_no_zones();

  mirage::dns_secondary<Stack> secondary("secondary", stack, versions, keys);
  for (const std::string_view each : secondaries) {
    const std::size_t at = each.find('@');
    const auto origin = mirage::dns::name::parse(each.substr(0, at));
    if (at == std::string_view::npos || !origin)
      refuse_argument("secondary", each, "ZONE@ADDRESS was expected");
    if (zones.hold(*origin)) refuse_argument("secondary", each, "there is a file of this zone, too");
    secondary.add(*origin, read_peer<mirage::dns::peer>("secondary", each.substr(at + 1), keys));
  }

  mirage::dns_server_options options;
  options.rate.per_second = rate_limit;
  options.peers = {.keys = &keys, .versions = &versions, .notified = &secondary};
  for (const std::string_view each : transfer_to)
    options.peers.transfer_to.push_back(read_peer<mirage::dns::transfer_rule>("transfer-to", each, keys));
  mirage::dns_server<Stack> server("dns", stack, zones, options);

  mirage::scope helping;
  if (!notify.empty()) start(helping, "dns notifier", notifier.run());
  if (!secondaries.empty()) start(helping, "dns secondary", secondary.run());
  if (zone_reload > mirage::duration::zero())
    start(helping, "zone reload", reload(files, store, zone_reload));
  co_await answer_until_shutdown(server, port, helping);
}
