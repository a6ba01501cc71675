// SPDX-License-Identifier: ISC
// From the graph of config.cpp and settled keys to the graph of one image.
#pragma once

#include <span>
#include <string>

#include "graph.hpp"
#include "settings.hpp"

namespace mirage::config {

/// Follows every choice from the unikernels down, puts shares where a device has too many users, names the
/// devices and fills in their placeholders.
outcome<graph> resolve(const std::string& name, std::span<const needs<job>> run, settings keys,
                       const alternatives_of& alternatives);

}  // namespace mirage::config
