// SPDX-License-Identifier: ISC
// The seam for drivers: where events come from, and how a device is reached. A target defines what it has; a
// driver that needs what the target lacks does not link, which is the right moment to find out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/loop.hpp"
#include "mirage/core/result.hpp"

namespace mirage::machine {

// ---- Targets with descriptors: unix, solo5 -------------------------------------------------------------

/// A descriptor whose readiness the loop watches, edge by edge: `ready` collects what was reported, and the
/// one who reads or writes until nothing is left clears its part.
class descriptor_source : public event_source {
 public:
  enum readiness : std::uint8_t { readable = 1, writable = 2, hangup = 4 };
  std::uint8_t ready = 0;

 protected:
  descriptor_source() noexcept = default;
  ~descriptor_source() = default;
};

enum class watch_error : std::uint8_t { not_pollable, too_many };
[[nodiscard]] constexpr std::string_view describe(watch_error error) noexcept {
  return error == watch_error::too_many ? "too many descriptors are open" : "the descriptor cannot be polled";
}

/// The source is marked whenever the descriptor becomes readable, writable or is hung up. The descriptor
/// stays the caller's.
result<void, watch_error> watch(descriptor_source& source, int descriptor) noexcept;
/// No event for the source is delivered after this. Call it before the descriptor is closed.
void unwatch(descriptor_source& source, int descriptor) noexcept;

// ---- Bare targets: virtio, xen, raspberrypi ------------------------------------------------------------

/// The source is marked when the interrupt comes. Interrupts only end a sleep; nothing runs in them.
void watch_interrupt(event_source& source, unsigned interrupt) noexcept;
void unwatch_interrupt(event_source& source, unsigned interrupt) noexcept;

/// What a device writes to raise an interrupt by message, without a line for it: `data` to `address`.
struct interrupt_message {
  unsigned interrupt;  ///< as `watch_interrupt` numbers it
  std::uint64_t address;
  std::uint32_t data;
};
/// One that no other device has; nothing where this machine has none left.
std::optional<interrupt_message> new_interrupt_message() noexcept;

/// The address by which a device reaches memory of ours; the range must be contiguous, as all of a
/// unikernel's memory is.
std::uint64_t dma_address(const void* memory) noexcept;

/// The registers of a device at a physical address, from now on; not cached. Null where this machine has
/// none.
volatile std::byte* map_registers(std::uint64_t address, std::size_t size) noexcept;

// Registers in memory. The accesses are of exactly this width, in program order among themselves.
inline std::uint8_t read8(const volatile void* address) noexcept {
  return *static_cast<const volatile std::uint8_t*>(address);
}
inline std::uint16_t read16(const volatile void* address) noexcept {
  return *static_cast<const volatile std::uint16_t*>(address);
}
inline std::uint32_t read32(const volatile void* address) noexcept {
  return *static_cast<const volatile std::uint32_t*>(address);
}
inline void write8(volatile void* address, std::uint8_t value) noexcept {
  *static_cast<volatile std::uint8_t*>(address) = value;
}
inline void write16(volatile void* address, std::uint16_t value) noexcept {
  *static_cast<volatile std::uint16_t*>(address) = value;
}
inline void write32(volatile void* address, std::uint32_t value) noexcept {
  *static_cast<volatile std::uint32_t*>(address) = value;
}

#if defined(__x86_64__)
// Ports.
inline std::uint8_t in8(std::uint16_t port) noexcept {
  std::uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline std::uint16_t in16(std::uint16_t port) noexcept {
  std::uint16_t value;
  asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline std::uint32_t in32(std::uint16_t port) noexcept {
  std::uint32_t value;
  asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
inline void out8(std::uint16_t port, std::uint8_t value) noexcept {
  asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
inline void out16(std::uint16_t port, std::uint16_t value) noexcept {
  asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}
inline void out32(std::uint16_t port, std::uint32_t value) noexcept {
  asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}
#endif

}  // namespace mirage::machine
