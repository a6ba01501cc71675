// SPDX-License-Identifier: ISC
// The interrupt controller that devices are wired to (Intel 82093AA). A second one, for the pins from 24 on,
// is on QEMU's microvm.
#pragma once

#include <cstdint>

namespace mirage::io_apic {

inline constexpr std::uint64_t address = 0xfec0'0000;
inline constexpr std::uint64_t distance = 0x1'0000;  // from one to the next
inline constexpr unsigned pins = 24;                 // of each

/// Interrupts of `pin` come to the processor as `vector`, again and again while the line is raised: one that
/// comes while nobody listens is thus not lost.
void connect(unsigned pin, unsigned vector, std::uint32_t processor) noexcept;
/// Until `open` none comes, though the line be raised.
void close(unsigned pin, unsigned vector) noexcept;
void open(unsigned pin, unsigned vector) noexcept;
void disconnect(unsigned pin) noexcept;

}  // namespace mirage::io_apic
