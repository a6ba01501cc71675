// SPDX-License-Identifier: ISC
// The two seams of core, what freestanding asks of a target, and the platform of drivers/xen.
#include <bit>

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/xen/hypercall.hpp"
#include "terminal.hpp"
#include "xen_node.hpp"

namespace mirage {

namespace os::platform {

instant read_monotonic() noexcept { return xen_node::here().platform.clock().monotonic(); }
wall_time read_wall() noexcept { return xen_node::here().platform.clock().wall(); }
void console(std::string_view text) noexcept { terminal::write(text); }
// Nothing is gathered: a look is a look into memory.
void wait(instant deadline, duration) noexcept { xen_node::here().platform.wait(here->tasks, deadline); }

}  // namespace os::platform

namespace freestanding::platform {

namespace {

xen::shutdown_reason reason_for(int status) noexcept {
  if (status != exit_status::ok || os::here == nullptr) return xen::shutdown_reason::crash;
  const auto& control = xen_node::here().control;
  return control ? control->reason() : xen::shutdown_reason::poweroff;
}

}  // namespace

// Xen has no number for a status, so that is told in words; what the toolstack acts upon is the reason.
void halt(int status) noexcept {
  if (status != exit_status::ok) {
    char text[64];
    text_writer line(text);
    format_to(line, "The unikernel ended with status {}.\n", status);
    terminal::write(line.text());
  }
  terminal::flush();
  (void)xen::shut_down(reason_for(status));
  cpu::stop();
}
bool seed(bytes out) noexcept { return cpu::random(out.data(), out.size()); }
void set_thread_pointer(void* thread) noexcept {
  cpu::write_msr(cpu::msr_fs_base, std::bit_cast<std::uint64_t>(thread));
}

}  // namespace freestanding::platform

namespace xen {

hypervisor& platform() noexcept { return xen_node::here().platform; }
xenbus& devices() noexcept { return xen_node::here().control->devices(); }

}  // namespace xen

}  // namespace mirage
