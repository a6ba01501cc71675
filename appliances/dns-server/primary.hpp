// SPDX-License-Identifier: ISC
// An authoritative DNS server of the zones in its folder, which has nothing to do with other servers.
#pragma once

#include <mirage/core/memory_gauges.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/dns_server.hpp>
#include <mirage/v1.hpp>

#include "answering.hpp"

#include <cstdint>

template <mirage::v1::kv_ro Files, mirage::v1::stack Stack>
mirage::task<> serve_primary(Files& store, Stack& stack, std::uint16_t port, mirage::duration zone_reload,
                             mirage::duration coalesce, std::uint16_t rate_limit) {
  const mirage::memory_gauges memory;
  gather_queries(coalesce);
  mirage::dns::zone_table zones;
  zone_files files(zones);
  const bool loaded = co_await files.load(store);
  if (!loaded) mirage::os::exit(1);
  if (zones.size() == 0) refuse_no_zones();

  mirage::dns_server_options options;
  options.rate.per_second = rate_limit;
  mirage::dns_server<Stack, mirage::dns::no_peers> server("dns", stack, zones, options);
  mirage::scope helping;
  if (zone_reload > mirage::duration::zero())
    start(helping, "zone reload", reload(files, store, zone_reload));
  co_await answer_until_shutdown(server, port, helping);
}
