// SPDX-License-Identifier: ISC
// An authoritative DNS server of zones that were made when the image was built.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/memory_gauges.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/dns_server.hpp>
#include <mirage/dns_zones.hpp>
#include <mirage/v1.hpp>

#include "answering.hpp"

#include <cstdint>
#include <utility>

/// False where the store has something else in it, which no build of it has.
template <mirage::v1::kv_assets Store>
bool take_zones(const Store& store, mirage::dns::zone_table& zones) {
  const mirage::v1::asset* kept = store.find(mirage::dns::compiled_zones::key);
  if (kept == nullptr) return false;
  mirage::dns::compiled_zones found(kept->identity);
  while (auto made = found.next()) {
    dns_log.info("{}: serial {}, {} records, {} names", made->origin(), made->serial(), made->records(),
                 made->names());
    zones.set(std::move(made));
  }
  return found.at_end();
}

template <mirage::v1::kv_assets Store, mirage::v1::stack Stack>
mirage::task<> serve_compiled(Store& store, Stack& stack, std::uint16_t port, mirage::duration coalesce,
                              std::uint16_t rate_limit) {
  const mirage::memory_gauges memory;
  gather_queries(coalesce);
  mirage::dns::zone_table zones;
  mirage::require(take_zones(store, zones), "the zones of the image are those of another version of Mirage");

  mirage::dns_server_options options;
  options.rate.per_second = rate_limit;
  mirage::dns_server<Stack, mirage::dns::no_peers> server("dns", stack, zones, options);
  mirage::scope helping;
  co_await answer_until_shutdown(server, port, helping);
}
