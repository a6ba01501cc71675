// SPDX-License-Identifier: ISC
// How config.cpp gets zones into the image as they are served.
#pragma once

#include <string>

#include <mirage/config/crunch.hpp>
#include <mirage/config/device.hpp>
#include <mirage/config/module_types.hpp>

namespace mirage::config {

/// The zones of a folder of the project: NAME.zone is the master file of the zone NAME, and the other files
/// are there for `$INCLUDE`. The store has one value, for `dns::compiled_zones`.
inline device<kv_ro> compiled_zones(const std::string& folder,
                                    std::source_location where = std::source_location::current()) {
  const std::string store = detail::store_name(folder);
  descriptor what = detail::crunch_descriptor(store, cpp_literal(folder));
  what.name = "zones";
  what.packages = {"crunch", "dns_zones"};
  what.cmake = {"mirage_zones(image " + store + " " + cpp_literal(folder) + ")"};
  return implementation<kv_ro>{std::move(what), where}();
}

}  // namespace mirage::config
