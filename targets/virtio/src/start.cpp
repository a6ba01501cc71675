// SPDX-License-Identifier: ISC
// The first C++ function: finds the memory, makes the node at its beginning, protects what must not be
// written or run, and goes on, on a stack with a guard, to what all bare targets do.
#include <bit>
#include <new>
#include <string_view>

#include "io_apic.hpp"
#include "local_apic.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/freestanding/image.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/freestanding/x86_64/protection.hpp"
#include "mirage/freestanding/x86_64/pvh.hpp"
#include "virtio_node.hpp"

namespace mirage {

namespace {

using freestanding::access;

constexpr std::uint64_t page_size = freestanding::heap::page_size;
constexpr std::size_t stack_size = 64 * 1024;
constexpr std::size_t fault_stack_size = 8 * 1024;

void map_machine(freestanding::page_tables& pages, const freestanding::pvh::start_info& info) noexcept {
  // The loader leaves what it has to say anywhere below the image.
  constexpr std::uint64_t low_memory = 1024 * 1024;
  pages.map(0, low_memory, access::read);
  for (const auto& entry : memory_map(info))
    if (entry.type == freestanding::pvh::ordinary_memory)
      pages.map(entry.address, entry.size, access::read_write);
  pages.map(local_apic::address, page_size, access::device);
  pages.map(io_apic::address, page_size, access::device);
  pages.map(io_apic::address + io_apic::distance, page_size, access::device);
  freestanding::map_image(pages);
  pages.map(0, page_size, access::none);
}

void run_unikernel_of(void* node) noexcept {
  auto& self = *static_cast<virtio_node*>(node);
  freestanding::start(self, self.command_line,
                      [](std::string_view word) { return word.starts_with("virtio_mmio.device="); });
}

}  // namespace

}  // namespace mirage

void pvh_start(const mirage::freestanding::pvh::start_info* info) {
  using namespace mirage;
  constexpr std::uint64_t for_node = (sizeof(virtio_node) + page_size - 1) / page_size * page_size;
  const auto image_end = std::bit_cast<std::uint64_t>(freestanding::image::end());
  const bytes memory = freestanding::pvh::free_memory(*info, image_end);
  require(info->magic == freestanding::pvh::start_magic && memory.size() > 2 * for_node,
          "the hypervisor names no memory behind the image, or too little");
  auto& self = *new (memory.data()) virtio_node(memory.subspan(for_node));
  os::here = &self;
  self.command_line = freestanding::pvh::command_line(*info);

  map_machine(self.pages, *info);
  const bytes stack = freestanding::make_stack(self.memory, self.pages, stack_size, self.guards[0]);
  const bytes fault_stack =
      freestanding::make_stack(self.memory, self.pages, fault_stack_size, self.guards[1]);
  freestanding::cpu::load_page_tables(self.pages.root());
  self.descriptors.load(fault_stack);
  self.events.start(self.descriptors);
  self.listener.start();
  self.button.start();
  freestanding::cpu::call_on(stack, run_unikernel_of, &self);
}
