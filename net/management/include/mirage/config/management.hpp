// SPDX-License-Identifier: ISC
// `/metrics` and `/tasks`, as config.cpp sees them.
#pragma once

#include <cstdint>

#include "mirage/config/device.hpp"
#include "mirage/config/module_types.hpp"
#include "mirage/config/unikernel.hpp"

namespace mirage::config {

/// A job beside the others: `configure(argc, argv, "website", {website(...), management(http(stack))})`.
inline device<job> management(const needs<http_server>& over) {
  const auto port =
      argument<std::uint16_t>("metrics-port", "The TCP port of /metrics and /tasks; 0 for neither", 0);
  return unikernel<http_server>("mirage::management::serve", "mirage/management.hpp", port,
                                package("management"))(over);
}

}  // namespace mirage::config
