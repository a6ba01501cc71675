// SPDX-License-Identifier: ISC
// The virtio devices of this machine, looked for when the first driver asks: those that the hypervisor names
// on the command line, and those on PCI. An image without such a driver has nothing of this.
#include "device_entropy.hpp"
#include "mirage/virtio/bus.hpp"
#include "mirage/virtio/entropy.hpp"
#include "virtio_node.hpp"

namespace mirage::virtio {

bus& devices() noexcept {
  virtio_node& self = virtio_node::here();
  if (!self.devices) {
    self.devices.emplace();
    for (const std::string_view word : self.machine_words) self.devices->take_word(word);
    pci_ports pci;
    self.devices->look_at(pci);
  }
  return *self.devices;
}

}  // namespace mirage::virtio

bool mirage::read_device_entropy(bytes out) noexcept {
  return virtio::read_entropy(virtio::devices(), out) == out.size();
}
