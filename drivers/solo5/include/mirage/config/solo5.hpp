// SPDX-License-Identifier: ISC
// The devices of a Solo5 tender, as config.cpp sees them: what the targets `spt` and `hvt` offer for each
// generic device. The image carries their names in its manifest, and whoever runs it attaches something to
// each.
#pragma once

#include <string>
#include <string_view>

#include "mirage/config/generic.hpp"
#include "mirage/config/words.hpp"

namespace mirage::config {

namespace detail {

// Letters and digits are all that a tender takes: of a path, the file's name without what is behind its dot.
inline std::string solo5_name(const std::string& name, const std::string& otherwise) {
  std::string_view stem = name;
  stem.remove_prefix(stem.rfind('/') + 1);
  std::string kept;
  for (const char c : stem.substr(0, stem.find('.')))
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) kept += c;
  return kept.empty() ? otherwise : kept;
}

inline descriptor solo5_device(const std::string& kind, const std::string& name) {
  return {.name = kind,
          .type = "mirage::solo5::" + kind,
          .header = "mirage/solo5/" + kind + ".hpp",
          .construct = "$name, " + cpp_literal(name),
          .packages = {"solo5"},
          .targets = {"spt", "hvt"},
          .cmake = {"mirage_solo5_device(image " + kind + " " + name + ")"},
          .attach = kind + " " + name};
}

}  // namespace detail

/// A network interface; the one without a name is `service`, as urunc has it. `netif("", {"inside"})` is
/// named by its group.
inline device<network> solo5_network(const std::string& name = "") {
  return implementation<network>{detail::solo5_device("network", detail::solo5_name(name, "service"))}();
}

/// A disk; one whose name has no letter or digit is `storage`, as urunc has it. Of a path, the file's name
/// without its extension is the disk's.
inline device<block> solo5_block(const std::string& name) {
  return implementation<block>{detail::solo5_device("block", detail::solo5_name(name, "storage"))}();
}

/// Shows what is written; nobody can type.
inline device<console> solo5_console() {
  return implementation<console>{{.name = "console",
                                  .type = "mirage::solo5::console",
                                  .header = "mirage/solo5/console.hpp",
                                  .construct = "$name",
                                  .packages = {"solo5"},
                                  .targets = {"spt", "hvt"}}}();
}

namespace detail {

inline const bool solo5_offers =
    networks.add(
        {.value = "solo5",
         .targets = {"spt", "hvt"},
         .make = [](const std::string& name,
                    const group& prefix) { return solo5_network(name.empty() ? prefix.name : name); }}) &&
    blocks.add({.value = "solo5",
                .targets = {"spt", "hvt"},
                .make = [](const std::string& name, const group&) { return solo5_block(name); }}) &&
    consoles.add(
        {.value = "solo5", .targets = {"spt", "hvt"}, .make = [](const group&) { return solo5_console(); }});

}  // namespace detail

}  // namespace mirage::config
