// SPDX-License-Identifier: ISC
// The power button of a PC (ACPI 6.5 §4.8.3.1.1), which QEMU's `system_powerdown` and libvirt's `shutdown`
// press. A microvm has none, nor has Firecracker.
#pragma once

#include "mirage/core/loop.hpp"

namespace mirage {

/// It asks the unikernel to end.
class power_button final : public event_source {
 public:
  void start() noexcept;
  bool poll() noexcept override;
};

}  // namespace mirage
