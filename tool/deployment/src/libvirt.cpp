// SPDX-License-Identifier: ISC
// A domain of libvirt on KVM. The machine is a q35, because libvirt knows no microvm; its devices are on the
// first bus of PCI, where the image looks for them.
#include <fmt/format.h>

#include "writers.hpp"

namespace mirage::deployment {

namespace {

constexpr std::string_view frame = R"(<!-- {generated} -->
<domain type="kvm">
  <name>{name}</name>
  <memory unit="MiB">{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch="x86_64" machine="q35">hvm</type>
    <kernel>{kernel}</kernel>
    <cmdline>{arguments}</cmdline>
  </os>
  <cpu mode="host-passthrough"/>
  <clock offset="utc"/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>destroy</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
{devices}    <serial type="pty"/>
    <controller type="usb" model="none"/>
    <memballoon model="none"/>
  </devices>
</domain>
)";

constexpr std::string_view interface_element = R"(    <interface type="ethernet">
      <mac address="{}"/>
      <target dev="{}" managed="no"/>
      <model type="virtio-non-transitional"/>
      {}
    </interface>
)";

constexpr std::string_view disk_element =
    R"(    <disk type="file" device="disk" model="virtio-non-transitional">
      <driver name="qemu" type="raw" discard="unmap"/>
      <source file="{}"/>
      <target dev="vd{}" bus="virtio"/>
      {}
    </disk>
)";

constexpr std::string_view console_element =
    R"(    <controller type="virtio-serial" model="virtio-non-transitional">
      {}
    </controller>
    <console type="pty"><target type="virtio"/></console>
)";

// Places on the first bus; those before and behind are the machine's own.
class places {
 public:
  bool left() const { return next_ <= last; }
  std::string take() {
    return fmt::format(R"(<address type="pci" domain="0x0000" bus="0x00" slot="0x{:02x}" function="0x0"/>)",
                       next_++);
  }

 private:
  static constexpr unsigned first = 0x02;
  static constexpr unsigned last = 0x1a;
  unsigned next_ = first;
};

}  // namespace

launch_file libvirt_file(const machine& what, std::string_view domain, std::string_view devices) {
  return {.path = fmt::format("dist/{}.libvirt.xml", what.image.name),
          .text = fmt::format(fmt::runtime(domain), fmt::arg("generated", xml_comment(what.generated)),
                              fmt::arg("name", xml_text(what.image.name)), fmt::arg("memory", what.memory),
                              fmt::arg("kernel", xml_text(path_of(what, what.image.image))),
                              fmt::arg("arguments", placeholder_argument), fmt::arg("devices", devices))};
}

written libvirt_domain(const machine& what) {
  places on_bus;
  std::string devices;
  for (const auto& each : networks_of(what.image))
    devices += fmt::format(interface_element, each.mac, xml_text(each.tap), on_bus.take());
  char letter = 'a';
  for (const auto& each : disks_of(what))
    devices += fmt::format(disk_element, xml_text(each.file), letter++, on_bus.take());
  if (has_console(what.image)) devices += fmt::format(console_element, on_bus.take());
  if (!on_bus.left()) return std::nullopt;
  return libvirt_file(what, frame, devices);
}

}  // namespace mirage::deployment
