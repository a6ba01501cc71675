// SPDX-License-Identifier: ISC
#include "paravirtual_clock.hpp"

#include <atomic>
#include <bit>

#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/freestanding/x86_64/paravirtual_time.hpp"

namespace mirage {

namespace {

using namespace freestanding;

// No part of it crosses a page.
struct alignas(64) system_time : paravirtual_time {};

struct alignas(16) boot_time {
  std::uint32_t version;
  std::uint32_t seconds;
  std::uint32_t nanoseconds;
};

bool is_kvm() noexcept {
  constexpr std::uint32_t hypervisor_leaf = 0x4000'0000;
  constexpr std::uint32_t is_guest = 1U << 31;
  if ((cpu::cpuid(1).ecx & is_guest) == 0) return false;
  const auto name = cpu::cpuid(hypervisor_leaf);
  constexpr std::uint32_t kvmk = 0x4b4d'564b;
  constexpr std::uint32_t vmkv = 0x564b'4d56;
  constexpr std::uint32_t m = 0x4d;
  constexpr std::uint32_t has_clock = 1U << 3;
  return name.ebx == kvmk && name.ecx == vmkv && name.edx == m &&
         (cpu::cpuid(hypervisor_leaf + 1).eax & has_clock) != 0;
}

}  // namespace

std::optional<paravirtual_clock> read_paravirtual_clock() noexcept {
  constexpr std::uint32_t wall_clock_msr = 0x4b56'4d00;
  constexpr std::uint32_t system_time_msr = 0x4b56'4d01;
  constexpr std::uint8_t constant_rate = 1;
  if (!is_kvm()) return std::nullopt;
  // The host writes when the register is written, and here never again: the last write takes the memory back.
  system_time now{};
  boot_time boot{};
  cpu::write_msr(system_time_msr, std::bit_cast<std::uint64_t>(&now) | 1);
  cpu::write_msr(wall_clock_msr, std::bit_cast<std::uint64_t>(&boot));
  const std::uint64_t at = cpu::time_stamp();
  cpu::write_msr(system_time_msr, 0);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (now.version == 0 || (now.flags & constant_rate) == 0) return std::nullopt;
  const std::uint64_t wall =
      std::uint64_t{boot.seconds} * 1'000'000'000 + boot.nanoseconds + nanoseconds_at(now, at);
  return paravirtual_clock{scale_of(now), wall_time{duration{static_cast<std::int64_t>(wall)}}, at};
}

}  // namespace mirage
