// SPDX-License-Identifier: ISC
#include "backtrace.hpp"

#include <cstddef>

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"

namespace mirage::freestanding {

namespace {

constexpr unsigned max_depth = 64;
constexpr std::uint64_t largest_frame = 64 * 1024;

struct frame {
  std::uint64_t caller;
  std::uint64_t return_address;
};

void print_address(std::uint64_t address) noexcept {
  char text[32];
  text_writer line(text);
  format_to(line, "  {:#x}\n", address);
  os::platform::console(line.text());
}

}  // namespace

void print_backtrace(std::uint64_t instruction, std::uint64_t frame_pointer) noexcept {
  os::platform::console("Backtrace, for addr2line -Cfipe FILE ADDRESS:\n");
  if (instruction != 0) print_address(instruction);
  for (unsigned depth = 0; depth < max_depth && frame_pointer % 8 == 0 && frame_pointer != 0; ++depth) {
    const frame here = *reinterpret_cast<const frame*>(frame_pointer);
    if (here.return_address == 0) break;
    // The return address may belong to the next function; the call is the byte before.
    print_address(here.return_address - 1);
    // The stack grows downward, so a caller's frame lies above; what does not is no frame.
    if (here.caller <= frame_pointer || here.caller - frame_pointer > largest_frame) break;
    frame_pointer = here.caller;
  }
}

}  // namespace mirage::freestanding
