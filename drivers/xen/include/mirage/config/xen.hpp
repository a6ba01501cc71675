// SPDX-License-Identifier: ISC
// The devices of a Xen guest, as config.cpp sees them: what the target `xen` offers for each generic device.
// They are taken in the order of config.cpp, and the manifest says what has to be attached for each.
#pragma once

#include <string>
#include <utility>

#include "mirage/config/generic.hpp"

namespace mirage::config {

namespace detail {

inline descriptor xen_device(const std::string& kind, const std::string& of, const std::string& name) {
  return {.name = kind,
          .type = "mirage::xen::" + kind,
          .header = "mirage/xen/" + kind + ".hpp",
          .construct = "$name, mirage::xen::" + of + "()",
          .packages = {"xen_devices"},
          .targets = {"xen"},
          .attach = name.empty() ? kind : kind + " " + name};
}

}  // namespace detail

/// The next network interface of the domain (`vif`). `name` is for whoever attaches it.
inline device<network> xen_network(const std::string& name = "") {
  return implementation<network>{detail::xen_device("network", "devices", name)}();
}

/// The next disk of the domain (`disk`): the first is `xvda`. `mirage run` attaches the file of that name.
inline device<block> xen_block(const std::string& name) {
  return implementation<block>{detail::xen_device("block", "devices", name)}();
}

/// The first console of the domain, where logs go, too.
inline device<console> xen_console() {
  auto made = detail::xen_device("console", "platform", "");
  made.attach = "";
  return implementation<console>{std::move(made)}();
}

namespace detail {

inline const bool xen_offers =
    networks.add({.value = "xen",
                  .targets = {"xen"},
                  .make = [](const std::string& name, const group&) { return xen_network(name); }}) &&
    blocks.add({.value = "xen",
                .targets = {"xen"},
                .make = [](const std::string& name, const group&) { return xen_block(name); }}) &&
    consoles.add({.value = "xen", .targets = {"xen"}, .make = [](const group&) { return xen_console(); }});

}  // namespace detail

}  // namespace mirage::config
