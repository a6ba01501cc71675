// SPDX-License-Identifier: ISC
// Where the monitor enters, in long mode with paging on, and the note by which it knows the ABI. Compiled
// without a stack protector, because there is no canary yet.
#include "hvt_node.hpp"
#include "mirage/solo5/notes.hpp"
#include "start.hpp"

namespace mirage::solo5 {

[[gnu::section(".note.solo5.abi"), gnu::used]] constexpr abi_note_section abi{abi_target::hvt};

}  // namespace mirage::solo5

extern "C" {

/// The first frame has none above it.
[[gnu::naked, gnu::used]] void solo5_entry() { asm("xor %ebp, %ebp\n\tjmp solo5_start"); }

[[noreturn, gnu::used]] void solo5_start(const mirage::solo5::hvt::boot_info* boot);
void solo5_start(const mirage::solo5::hvt::boot_info* boot) {
  using namespace mirage;
  const solo5::boot_facts facts{.memory_size = boot->memory_size,
                                .kernel_end = boot->kernel_end,
                                .command_line = boot->command_line,
                                .manifest = boot->manifest};
  hvt_node& node = solo5::make_node<hvt_node>(facts);
  if (boot->cycle_frequency != 0) node.cycle_frequency = boot->cycle_frequency;
  solo5::start(node, facts);
}
}
