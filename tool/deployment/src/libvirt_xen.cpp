// SPDX-License-Identifier: ISC
// A domain of libvirt on Xen: a PVH guest, at the bridge that xl takes too.
#include <fmt/format.h>

#include "writers.hpp"

namespace mirage::deployment {

namespace {

constexpr std::string_view frame = R"(<!-- {generated} -->
<domain type="xen">
  <name>{name}</name>
  <memory unit="MiB">{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch="x86_64" machine="xenpvh">xenpvh</type>
    <kernel>{kernel}</kernel>
    <cmdline>{arguments}</cmdline>
  </os>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
{devices}    <console type="pty">
      <target type="xen" port="0"/>
    </console>
  </devices>
</domain>
)";

constexpr std::string_view interface_element = R"(    <interface type="bridge">
      <mac address="{}"/>
      <source bridge="xenbr0"/>
    </interface>
)";

constexpr std::string_view disk_element = R"(    <disk type="file" device="disk">
      <driver name="qemu" type="raw"/>
      <source file="{}"/>
      <target dev="xvd{}" bus="xen"/>
    </disk>
)";

}  // namespace

written libvirt_xen_domain(const machine& what) {
  std::string devices;
  for (const auto& each : networks_of(what.image)) devices += fmt::format(interface_element, each.mac);
  char letter = 'a';
  for (const auto& each : disks_of(what)) {
    if (letter > 'z') return std::nullopt;
    devices += fmt::format(disk_element, xml_text(each.file), letter++);
  }
  return libvirt_file(what, frame, devices);
}

}  // namespace mirage::deployment
