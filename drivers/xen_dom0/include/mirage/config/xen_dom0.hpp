// SPDX-License-Identifier: ISC
// The domain of a program in dom0, as config.cpp sees it: what the target `unix` offers for
// `generic_xen_domain()`.
#pragma once

#include "mirage/config/xen.hpp"

namespace mirage::config {

inline device<xen_domain> xen_dom0() {
  return implementation<xen_domain>{{.name = "domain",
                                     .type = "mirage::xen::dom0",
                                     .header = "mirage/xen_dom0/dom0.hpp",
                                     .construct = "$name",
                                     .packages = {"xen_dom0"},
                                     .targets = {"unix"}}}();
}

namespace detail {

inline const bool xen_dom0_offers =
    xen_domains.add({.value = "dom0", .targets = {"unix"}, .make = [](const group&) { return xen_dom0(); }});

}  // namespace detail

}  // namespace mirage::config
