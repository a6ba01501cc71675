// SPDX-License-Identifier: ISC
#include "interrupts.hpp"

#include <algorithm>
#include <bit>

#include "io_apic.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "virtio_node.hpp"

// interrupt_entry.S: from vector 32 on, one entry for each.
extern "C" void (*const virtio_interrupt_entries[])();

namespace mirage {

namespace {

constexpr unsigned first_vector = freestanding::descriptor_tables::exceptions;
constexpr unsigned timer_vector = first_vector + interrupts::count;
constexpr unsigned spurious_vector = timer_vector + 1;

constexpr std::uint64_t bit_of(unsigned interrupt) noexcept { return std::uint64_t{1} << interrupt; }
constexpr bool is_pin(unsigned interrupt) noexcept { return interrupt < interrupts::pins; }

// The old controllers, which firmware may have left switched on.
void silence_8259() noexcept {
  machine::out8(0x21, 0xff);
  machine::out8(0xa1, 0xff);
}

// Between `sti` and `cli` is the only place where an interrupt can come. The handler is an ordinary function,
// so the registers are lost that a function call loses. `sti` takes effect behind the next instruction, so
// none comes between it and `hlt`.
#define LOST_BY_A_CALL                                                                                 \
  "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", \
      "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15",    \
      "memory", "cc"
void let_in() noexcept { asm volatile("sti; nop; nop; cli" : : : LOST_BY_A_CALL); }
void sleep() noexcept { asm volatile("sti; hlt; cli" : : : LOST_BY_A_CALL); }
#undef LOST_BY_A_CALL

freestanding::scale measure_rate(local_apic& timer) noexcept {
  constexpr duration length = 200us;
  const instant start = os::platform::read_monotonic();
  timer.count_down();
  const std::uint32_t first = timer.counter();
  while (os::platform::read_monotonic() - start < length) {
  }
  const std::uint32_t ticks = first - timer.counter();
  const auto passed = static_cast<std::uint64_t>((os::platform::read_monotonic() - start).count());
  require(ticks != 0, "the timer of the processor does not count");
  return freestanding::scale::between(passed, ticks);
}

}  // namespace

void interrupts::start(freestanding::descriptor_tables& tables) noexcept {
  silence_8259();
  for (unsigned vector = first_vector; vector <= spurious_vector; ++vector)
    tables.set_gate(vector, virtio_interrupt_entries[vector - first_vector]);
  local_.start(timer_vector, spurious_vector);
  local_.set_rate(measure_rate(local_));
}

void interrupts::watch(event_source& source, unsigned interrupt) noexcept {
  require(interrupt < count, "a device raises an interrupt that this machine does not have");
  const auto free = std::ranges::find(sources_, nullptr, &watched::source);
  require(free != sources_.end(), "there are more devices than this machine can listen to");
  *free = {.source = &source, .interrupt = interrupt};
  if (is_pin(interrupt)) io_apic::connect(interrupt, first_vector + interrupt, local_.id());
}

void interrupts::unwatch(event_source& source, unsigned interrupt) noexcept {
  const auto place = std::ranges::find(sources_, &source, &watched::source);
  if (place == sources_.end()) return;
  *place = {};
  if (!is_pin(interrupt) || is_watched(interrupt)) return;
  io_apic::disconnect(interrupt);
  closed_ &= ~bit_of(interrupt);
}

bool interrupts::is_watched(unsigned interrupt) const noexcept {
  return std::ranges::any_of(
      sources_, [=](const watched& one) { return one.source != nullptr && one.interrupt == interrupt; });
}

// To the processor's own controller, as if it were memory (Intel SDM volume 3, §11.11).
std::optional<machine::interrupt_message> interrupts::new_message() noexcept {
  if (given_messages_ == messages) return std::nullopt;
  const unsigned interrupt = pins + given_messages_++;
  return machine::interrupt_message{.interrupt = interrupt,
                                    .address = local_apic::address | std::uint64_t{local_.id()} << 12U,
                                    .data = first_vector + interrupt};
}

// A line stays raised until its sources are polled. Left open it would interrupt the instruction to which
// this returns, and never let it go on.
void interrupts::arrived(unsigned vector) noexcept {
  const unsigned interrupt = vector - first_vector;
  if (interrupt < count) arrived_ = arrived_ | bit_of(interrupt);
  if (is_pin(interrupt)) io_apic::close(interrupt, vector);
  local_.end_of_interrupt();
}

void interrupts::open_lines() noexcept {
  for (; closed_ != 0; closed_ &= closed_ - 1) {
    const auto pin = static_cast<unsigned>(std::countr_zero(closed_));
    io_apic::open(pin, first_vector + pin);
  }
}

void interrupts::wait(loop& tasks, duration longest) noexcept {
  open_lines();
  let_in();
  if (arrived_ == 0 && longest > duration::zero()) {
    local_.interrupt_after(longest);
    sleep();
  }
  mark_arrived(tasks);
}

void interrupts::mark_arrived(loop& tasks) noexcept {
  std::uint64_t bits = arrived_;
  arrived_ = 0;
  for (; bits != 0; bits &= bits - 1) {
    const auto interrupt = static_cast<unsigned>(std::countr_zero(bits));
    for (const watched& one : sources_) {
      if (one.source == nullptr || one.interrupt != interrupt) continue;
      tasks.mark(*one.source);
      if (is_pin(interrupt)) closed_ |= bit_of(interrupt);  // a line without a source nobody would lower
    }
  }
}

}  // namespace mirage

extern "C" void virtio_interrupt(unsigned vector) noexcept;

void virtio_interrupt(unsigned vector) noexcept { mirage::virtio_node::here().events.arrived(vector); }
