// SPDX-License-Identifier: ISC
// The seam of core, filled with what the simulator says.
#include "mirage/core/os.hpp"
#include "sim_node.hpp"

namespace mirage::os::platform {

instant read_monotonic() noexcept { return sim_node::here().simulator().now(); }
wall_time read_wall() noexcept { return sim_node::here().simulator().wall(); }
void entropy(bytes out) noexcept { sim_node::here().simulator().random(out); }
void console(std::string_view text) noexcept { sim_node::here().simulator().console(text); }
std::size_t memory_in_use() noexcept { return 0; }  // all nodes share one heap
void crash(std::string_view why, std::string_view where) noexcept {
  sim_node::here().simulator().crash(why, where);
}
// The scheduler owns the outer loop, so nobody waits here.
void wait(instant, duration) noexcept {}

}  // namespace mirage::os::platform
