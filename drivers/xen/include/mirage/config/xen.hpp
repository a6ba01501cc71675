// SPDX-License-Identifier: ISC
// The devices of a Xen guest, as config.cpp sees them: what the target `xen` offers for each generic device.
// They are taken in the order of config.cpp, and the manifest says what has to be attached for each.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "mirage/config/generic.hpp"

namespace mirage::config {

/// Event channels, grants and xenstore, for a unikernel that uses Xen itself, such as by a vchan.
struct xen_domain {
  static constexpr std::string_view name = "xen_domain";
  static constexpr std::string_view satisfies = "mirage::xen::domain";
};

inline constinit const generic<xen_domain> xen_domains{"xen", "Which domain of Xen it is"};

/// The guest on the target `xen`, a program in dom0 on `unix`.
inline device<xen_domain> generic_xen_domain() { return xen_domains(); }

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

/// This guest itself.
inline device<xen_domain> xen_guest() {
  return implementation<xen_domain>{{.name = "domain",
                                     .type = "mirage::xen::guest_domain",
                                     .header = "mirage/xen/domain.hpp",
                                     .construct = "$name, mirage::xen::devices()",
                                     .packages = {"xen_devices"},
                                     .targets = {"xen"}}}();
}

namespace detail {

inline const bool xen_offers =
    networks.add({.value = "xen",
                  .targets = {"xen"},
                  .make = [](const std::string& name, const group&) { return xen_network(name); }}) &&
    blocks.add({.value = "xen",
                .targets = {"xen"},
                .make = [](const std::string& name, const group&) { return xen_block(name); }}) &&
    consoles.add({.value = "xen", .targets = {"xen"}, .make = [](const group&) { return xen_console(); }}) &&
    xen_domains.add({.value = "guest", .targets = {"xen"}, .make = [](const group&) { return xen_guest(); }});

}  // namespace detail

}  // namespace mirage::config
