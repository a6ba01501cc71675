// SPDX-License-Identifier: ISC
// The seams of core, of freestanding and of drivers/solo5, as calls of the monitor.
#include <bit>

#include "hvt_node.hpp"
#include "mirage/core/os.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/solo5/hvt.hpp"
#include "monitor.hpp"

namespace mirage {

namespace hvt = solo5::hvt;

namespace os::platform {

instant read_monotonic() noexcept {
  const std::uint64_t frequency = hvt_node::here().cycle_frequency;
  return instant{hvt::time_of(freestanding::cpu::time_stamp(), frequency)};
}
wall_time read_wall() noexcept { return hvt::read_wall(hvt::monitor{}); }
void console(std::string_view text) noexcept { hvt::put(hvt::monitor{}, text); }

// No call sleeps through what comes, so nothing is gathered.
void wait(instant deadline, duration) noexcept {
  const duration left = deadline == never ? hvt::longest_poll : deadline - read_monotonic();
  hvt_node::here().mark(hvt::poll(hvt::monitor{}, left));
}

}  // namespace os::platform

namespace freestanding::platform {

void halt(int status) noexcept {
  for (;;) hvt::halt(hvt::monitor{}, status);
}
bool seed(bytes out) noexcept { return cpu::random(out.data(), out.size()); }
void set_thread_pointer(void* thread) noexcept {
  cpu::write_msr(cpu::msr_fs_base, std::bit_cast<std::uint64_t>(thread));
}

}  // namespace freestanding::platform

namespace solo5 {

result<std::size_t, call_error> network_read(const attached_device& from, bytes room) noexcept {
  return hvt::network_read(hvt::monitor{}, from, room);
}
result<void, call_error> network_write(const attached_device& to, cbytes frame) noexcept {
  return hvt::network_write(hvt::monitor{}, to, frame);
}
result<void, call_error> block_read(const attached_device& from, std::uint64_t offset, bytes block) noexcept {
  return hvt::block_transfer(hvt::monitor{}, hvt::call::block_read, from, offset, block.data());
}
result<void, call_error> block_write(const attached_device& to, std::uint64_t offset, cbytes block) noexcept {
  return hvt::block_transfer(hvt::monitor{}, hvt::call::block_write, to, offset, block.data());
}

}  // namespace solo5

}  // namespace mirage
