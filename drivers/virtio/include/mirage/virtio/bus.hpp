// SPDX-License-Identifier: ISC
// The virtio devices of this machine, and who has which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/inline_vector.hpp"
#include "mirage/virtio/mmio.hpp"
#include "mirage/virtio/pci.hpp"
#include "mirage/virtio/transport.hpp"

namespace mirage::virtio {

class bus {
 public:
  bus() noexcept = default;
  bus(const bus&) = delete;
  bus& operator=(const bus&) = delete;

  /// A word of the kernel command line, as QEMU's microvm and Firecracker tell of a device in memory:
  /// `virtio_mmio.device=4K@0xd0000000:5`. False for any other word, which is the unikernel's.
  bool take_word(std::string_view word) noexcept;
  /// A device in memory, if there is one at that place.
  void look_at(const mmio_place& place) noexcept;
  /// Finds the devices of PCI's first bus. Once, before any is claimed.
  void look_at(pci_bus& pci) noexcept;
  /// One that was found in another way; it must outlive the bus.
  void add(transport& device) noexcept;

  /// The first of its kind that nobody has yet, from now on the caller's. Null: there is none.
  [[nodiscard]] transport* claim(device_kind kind) noexcept;

  /// Devices that were found and cannot be used: of the legacy interface, or beyond the cap.
  [[nodiscard]] unsigned refused() const noexcept { return refused_; }

 private:
  static constexpr std::size_t most_devices = 16;
  struct found {
    transport* device;
    bool claimed = false;
  };
  inline_vector<mmio_transport, most_devices> in_memory_;
  inline_vector<pci_transport, most_devices> on_pci_;
  inline_vector<found, most_devices> all_;
  unsigned refused_ = 0;
};

/// What this machine has. A target that has such devices defines it.
bus& devices() noexcept;

}  // namespace mirage::virtio
