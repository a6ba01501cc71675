// SPDX-License-Identifier: ISC
// The two seams of core, and what freestanding asks of a target.
#include <bit>

#include "device_entropy.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "power.hpp"
#include "serial.hpp"
#include "virtio_node.hpp"

namespace mirage {

namespace os::platform {

instant read_monotonic() noexcept { return virtio_node::here().clock.monotonic(); }
wall_time read_wall() noexcept { return virtio_node::here().clock.wall(); }
void console(std::string_view text) noexcept { serial::write(text); }
// Nothing is gathered: a look costs less here than anywhere.
void wait(instant deadline, duration) noexcept {
  const instant now = read_monotonic();
  virtio_node::here().events.wait(here->tasks, deadline > now ? deadline - now : duration::zero());
}

}  // namespace os::platform

namespace machine {

void watch_interrupt(event_source& source, unsigned interrupt) noexcept {
  virtio_node::here().events.watch(source, interrupt);
}
void unwatch_interrupt(event_source& source, unsigned interrupt) noexcept {
  virtio_node::here().events.unwatch(source, interrupt);
}
std::optional<interrupt_message> new_interrupt_message() noexcept {
  return virtio_node::here().events.new_message();
}

// Virtual, physical and bus addresses are the same here.
std::uint64_t dma_address(const void* memory) noexcept { return std::bit_cast<std::uintptr_t>(memory); }

volatile std::byte* map_registers(std::uint64_t address, std::size_t size) noexcept {
  freestanding::page_tables& pages = virtio_node::here().pages;
  if (!pages.map_device(address, size)) return nullptr;
  freestanding::cpu::load_page_tables(pages.root());
  return reinterpret_cast<volatile std::byte*>(address);
}

}  // namespace machine

namespace freestanding::platform {

void halt(int status) noexcept { power_off(status); }
// Neither source knows what the other gives, so the two together are as hard to guess as the better one.
bool seed(bytes out) noexcept {
  random_generator::key given{};
  const bytes from_device = bytes(given).first(out.size());
  const bool by_processor = cpu::random(out.data(), out.size());
  const bool by_device = read_device_entropy != nullptr && read_device_entropy(from_device);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= from_device[i];
  return by_processor || by_device;
}
void set_thread_pointer(void* thread) noexcept {
  cpu::write_msr(cpu::msr_fs_base, std::bit_cast<std::uint64_t>(thread));
}

}  // namespace freestanding::platform

}  // namespace mirage
