// SPDX-License-Identifier: ISC
// The last words of a machine: why, where, and the way there.
#include <bit>
#include <cstdint>
#include <string_view>

#include "backtrace.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/freestanding/start.hpp"

namespace mirage::os::platform {

void crash(std::string_view why, std::string_view where) noexcept {
  console("The unikernel stops: ");
  console(why);
  if (!where.empty()) {
    console(" (");
    console(where);
    console(")");
  }
  console(".\n");
  freestanding::print_backtrace(0, std::bit_cast<std::uint64_t>(__builtin_frame_address(0)));
  freestanding::platform::halt(exit_status::crashed);
}

}  // namespace mirage::os::platform
