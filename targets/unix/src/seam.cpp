// SPDX-License-Identifier: ISC
// The two seams of core, filled with what drivers/linux has.
#include <malloc.h>
#include <unistd.h>

#include "crash.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/linux/host_node.hpp"

namespace mirage {

namespace os::platform {

instant read_monotonic() noexcept { return host::read_monotonic(); }
wall_time read_wall() noexcept { return host::read_wall(); }
void entropy(bytes out) noexcept { host_node::here().entropy.fill(out); }
void console(std::string_view text) noexcept { host::write_whole(STDOUT_FILENO, text); }
std::size_t memory_in_use() noexcept {
  const struct mallinfo2 heap = ::mallinfo2();
  return heap.uordblks + heap.hblkhd;
}
void crash(std::string_view why, std::string_view where) noexcept { report_and_exit(why, where); }
// Here a debugger stops a unikernel that has nothing to do (docs/debugging.md).
[[gnu::noinline]] void wait(instant deadline, duration coalesce) noexcept {
  host_node::here().events.wait(here->tasks, deadline, coalesce);
}

}  // namespace os::platform

namespace machine {

result<void, watch_error> watch(descriptor_source& source, int descriptor) noexcept {
  return host_node::here().events.watch(source, descriptor);
}
void unwatch(descriptor_source& source, int descriptor) noexcept {
  host_node::here().events.unwatch(source, descriptor);
}

}  // namespace machine

}  // namespace mirage
