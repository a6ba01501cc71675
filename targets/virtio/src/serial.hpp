// SPDX-License-Identifier: ISC
// The first serial port of a PC (COM1, a 16550), which every hypervisor that boots us has: the console of the
// seam and of the last words, and where somebody may ask the unikernel to end.
#pragma once

#include <string_view>

#include "mirage/core/loop.hpp"

namespace mirage::serial {

/// Waits for each character until the port takes it.
void write(std::string_view text) noexcept;

/// A Ctrl-C that comes in asks the unikernel to end; nothing else is read.
class listener final : public event_source {
 public:
  void start() noexcept;
  bool poll() noexcept override;
};

}  // namespace mirage::serial
