// SPDX-License-Identifier: ISC
// The two seams of core, and what freestanding asks of a target.
#include <bit>

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
void wait(instant deadline, duration) noexcept {
  while (read_monotonic() < deadline) {
  }
}

}  // namespace os::platform

namespace freestanding::platform {

void halt(int status) noexcept { power_off(status); }
bool seed(bytes out) noexcept { return cpu::random(out.data(), out.size()); }
void set_thread_pointer(void* thread) noexcept {
  cpu::write_msr(cpu::msr_fs_base, std::bit_cast<std::uint64_t>(thread));
}

}  // namespace freestanding::platform

}  // namespace mirage
