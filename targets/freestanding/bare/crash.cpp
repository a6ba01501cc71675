// SPDX-License-Identifier: ISC
// The last words of a machine: why, where, and the way there.
#include <cstdint>
#include <string_view>

#include "mirage/core/format.hpp"
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
  freestanding::platform::halt(exit_status::crashed);
}

}  // namespace mirage::os::platform
