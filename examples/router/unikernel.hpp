// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>

#include <mirage/core/inline_vector.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/nat_router.hpp>

inline constexpr mirage::log_source router_log{"router"};

template <mirage::port_forwarding_router Router, std::size_t Most>
mirage::task<> route(Router& router, const mirage::inline_vector<mirage::port_forward, Most>& forwards) {
  for (const mirage::port_forward& each : forwards) {
    if (router.forward(each)) {
      router_log.info("port {} leads to {} port {}", each.port, each.to.address, each.to.port);
    } else {
      router_log.error("port {} cannot lead to {} port {}: one of them is in another --forward", each.port,
                       each.to.address, each.to.port);
      co_return;
    }
  }
  router_log.info("routing");
  co_await mirage::os::shutdown();
  router_log.info("{} packets went through, {} sessions are left", router.forwarded(), router.sessions());
}
