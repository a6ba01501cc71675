// SPDX-License-Identifier: ISC
// Literal addresses in the place of names: what `generic_resolver` is with --names=literal.
#pragma once

#include "mirage/config/device.hpp"
#include "mirage/config/generic.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

/// Knows no names, but every address.
inline const implementation<resolver> literal_names{{.name = "resolver",
                                                     .type = "mirage::literal_names",
                                                     .header = "mirage/literal_names.hpp",
                                                     .construct = "$name",
                                                     .packages = {"literal_names"}}};

// Whatever else there is, is more.
inline const bool literal_names_are_offered =
    resolvers.add({.value = "literal", .rank = -2, .make = [](const needs<stack>&, const group&) {
                     return literal_names();
                   }});

}  // namespace mirage::config
