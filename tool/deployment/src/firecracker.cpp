// SPDX-License-Identifier: ISC
// The configuration of Firecracker (--config-file), as its API describes the parts. JSON has no comments.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "writers.hpp"

namespace mirage::deployment {

namespace {

// Firecracker takes letters, digits and underscores.
std::string id_of(std::string name) {
  for (char& character : name) {
    const bool plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                       (character >= '0' && character <= '9');
    if (!plain) character = '_';
  }
  return name;
}

}  // namespace

written firecracker_configuration(const machine& what) {
  if (has_console(what.image)) return std::nullopt;  // it has no such device
  using json = nlohmann::ordered_json;
  json root;
  // Without arguments of ours it gives those for Linux.
  root["boot-source"] = {{"kernel_image_path", path_of(what, what.image.image)},
                         {"boot_args", placeholder_argument}};
  root["machine-config"] = {{"vcpu_count", 1}, {"mem_size_mib", what.memory}};
  root["drives"] = json::array();
  for (const auto& each : disks_of(what)) {
    root["drives"].push_back({{"drive_id", id_of(each.name)},
                              {"path_on_host", each.file},
                              {"is_root_device", false},
                              {"is_read_only", false},
                              {"cache_type", "Writeback"}});
  }
  root["network-interfaces"] = json::array();
  for (const auto& each : networks_of(what.image)) {
    root["network-interfaces"].push_back(
        {{"iface_id", id_of(each.name)}, {"guest_mac", each.mac}, {"host_dev_name", each.tap}});
  }
  return launch_file{.path = fmt::format("dist/{}.firecracker.json", what.image.name),
                     .text = root.dump(2) + "\n"};
}

}  // namespace mirage::deployment
