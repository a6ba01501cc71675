// SPDX-License-Identifier: ISC
// What every server of the zones in a folder does, whatever it has to do with other servers.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/time.hpp>
#include <mirage/v1.hpp>

#include "zone_files.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

/// From a hundred thousand queries a second on it gathers for all of that time.
inline void gather_queries(mirage::duration coalesce) {
  const auto queries_meanwhile = 1 + coalesce / std::chrono::microseconds(10);
  mirage::os::here->coalescing.set_limit(coalesce, static_cast<std::uint32_t>(queries_meanwhile));
}

[[noreturn]] inline void refuse_no_zones() {
  dns_log.error("there is no file NAME.zone in the folder of zones");
  mirage::os::exit(1);
}

/// Looks for other versions of the files, from time to time.
template <class Zones, mirage::v1::kv_ro Files>
mirage::task<> reload(zone_files<Zones>& files, Files& store, mirage::duration interval) {
  while (true) {
    co_await mirage::sleep_for(interval);
    const bool good = co_await files.load(store);
    if (!good) dns_log.warning("what is wrong is served as it was before");
  }
}

template <class Server>
mirage::task<> serve(Server& server, std::uint16_t port) {
  auto served = co_await server.serve(port);
  if (served) co_return;
  dns_log.error("cannot answer on port {}: {}; choose another one with --port", port,
                describe(served.error()));
  mirage::os::exit(1);
}

inline void start(mirage::scope& in, const char* name, mirage::task<void>&& work) {
  const auto spawned = in.spawn(name, std::move(work));
  mirage::require(spawned.has_value(), "there is no memory for the first tasks");
}

/// `helping` is cancelled in the end.
template <class Server>
mirage::task<> answer_until_shutdown(Server& server, std::uint16_t port, mirage::scope& helping) {
  mirage::scope serving;
  start(serving, "dns server", serve(server, port));
  dns_log.info("answering on port {}", port);
  co_await mirage::os::shutdown();
  helping.cancel();
  co_await server.stop();
  co_await serving.join();
}
