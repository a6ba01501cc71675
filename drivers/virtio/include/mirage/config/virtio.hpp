// SPDX-License-Identifier: ISC
// The devices of a virtual machine, as config.cpp sees them: what the target `virtio` offers for each generic
// device. They are taken in the order of config.cpp, and the manifest says what has to be attached for each.
#pragma once

#include <string>
#include <utility>

#include "mirage/config/generic.hpp"

namespace mirage::config {

namespace detail {

inline descriptor virtio_device(const std::string& kind, const std::string& name) {
  return {.name = kind,
          .type = "mirage::virtio::" + kind,
          .header = "mirage/virtio/" + kind + ".hpp",
          .construct = "$name, mirage::virtio::devices()",
          .packages = {"virtio_devices"},
          .targets = {"virtio"},
          .attach = name.empty() ? kind : kind + " " + name};
}

}  // namespace detail

/// The next network interface of the machine. `name` is for whoever attaches it.
inline device<network> virtio_network(const std::string& name = "") {
  return implementation<network>{detail::virtio_device("network", name)}();
}

/// The next disk of the machine. `mirage run` attaches the file of that name.
inline device<block> virtio_block(const std::string& name) {
  return implementation<block>{detail::virtio_device("block", name)}();
}

/// A terminal of its own; the serial port is where logs go.
inline device<console> virtio_console() {
  return implementation<console>{detail::virtio_device("console", "")}();
}

namespace detail {

inline const bool virtio_offers =
    networks.add({.value = "virtio",
                  .targets = {"virtio"},
                  .make = [](const std::string& name, const group&) { return virtio_network(name); }}) &&
    blocks.add({.value = "virtio",
                .targets = {"virtio"},
                .make = [](const std::string& name, const group&) { return virtio_block(name); }}) &&
    consoles.add(
        {.value = "virtio", .targets = {"virtio"}, .make = [](const group&) { return virtio_console(); }});

}  // namespace detail

}  // namespace mirage::config
