// SPDX-License-Identifier: ISC
// The seams of core, of freestanding and of drivers/solo5, as system calls of the host.
#include <bit>

#include "kernel.hpp"
#include "mirage/core/os.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/solo5/spt.hpp"
#include "spt_node.hpp"

namespace mirage {

namespace spt = solo5::spt;

namespace os::platform {

instant read_monotonic() noexcept { return instant{spt::read_clock(spt::kernel{}, spt::monotonic)}; }
wall_time read_wall() noexcept { return wall_time{spt::read_clock(spt::kernel{}, spt::realtime)}; }
void console(std::string_view text) noexcept { spt::put(spt::kernel{}, text); }

// No call sleeps through what comes, so nothing is gathered.
void wait(instant deadline, duration) noexcept {
  spt_node& node = spt_node::here();
  const bool only_look = deadline <= os::now();
  const std::uint64_t ready =
      spt::wait_for_events(spt::kernel{}, *node.boot, deadline, only_look, node.armed);
  if ((ready & 1U << spt::shutdown_event) != 0) os::shutdown().set();
  node.mark(ready);
}

}  // namespace os::platform

namespace freestanding::platform {

void halt(int status) noexcept {
  for (;;) spt::kernel{}(spt::exit_group, status);
}
bool seed(bytes out) noexcept { return cpu::random(out.data(), out.size()); }
void set_thread_pointer(void* thread) noexcept {
  spt::kernel{}(spt::arch_prctl, spt::set_fs, std::bit_cast<long>(thread));
}

}  // namespace freestanding::platform

namespace solo5 {

result<std::size_t, call_error> network_read(const attached_device& from, bytes room) noexcept {
  return spt::network_read(spt::kernel{}, from, room);
}
result<void, call_error> network_write(const attached_device& to, cbytes frame) noexcept {
  return spt::network_write(spt::kernel{}, to, frame);
}
result<void, call_error> block_read(const attached_device& from, std::uint64_t offset, bytes block) noexcept {
  return spt::block_transfer(spt::kernel{}, spt::pread64, from, offset, block.data());
}
result<void, call_error> block_write(const attached_device& to, std::uint64_t offset, cbytes block) noexcept {
  return spt::block_transfer(spt::kernel{}, spt::pwrite64, to, offset, block.data());
}

}  // namespace solo5

}  // namespace mirage
