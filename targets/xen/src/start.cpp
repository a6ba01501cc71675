// SPDX-License-Identifier: ISC
// The first C++ function: finds the memory, makes the node at its beginning, protects what must not be
// written or run, and goes on, on a stack with a guard, to what all bare targets do.
#include <bit>
#include <new>

#include "mirage/core/panic.hpp"
#include "mirage/freestanding/image.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/freestanding/x86_64/protection.hpp"
#include "mirage/freestanding/x86_64/pvh.hpp"
#include "xen_node.hpp"

namespace mirage {

namespace {

using freestanding::access;
namespace pvh = freestanding::pvh;

constexpr std::uint64_t page_size = freestanding::heap::page_size;
constexpr std::size_t stack_size = 64 * 1024;
constexpr std::size_t fault_stack_size = 8 * 1024;

void map_memory(freestanding::page_tables& pages, const pvh::start_info& info) noexcept {
  for (const auto& entry : pvh::memory_map(info))
    if (entry.type == pvh::ordinary_memory) pages.map(entry.address, entry.size, access::read_write);
  freestanding::map_image(pages);
  pages.map(0, page_size, access::none);
}

void run_unikernel_of(void* node) noexcept {
  auto& self = *static_cast<xen_node*>(node);
  self.control.emplace(self.platform);
  freestanding::start(self, self.command_line);
}

}  // namespace

}  // namespace mirage

void pvh_start(const mirage::freestanding::pvh::start_info* info) {
  using namespace mirage;
  constexpr std::uint64_t for_node = (sizeof(xen_node) + page_size - 1) / page_size * page_size;
  if (!fill_hypercall_page()) freestanding::cpu::stop();
  const auto image_end = std::bit_cast<std::uint64_t>(freestanding::image::end());
  const bytes memory = pvh::free_memory(*info, image_end);
  require(info->magic == pvh::start_magic && memory.size() > 2 * for_node,
          "Xen names no memory behind the image, or too little");
  auto& self = *new (memory.data()) xen_node(memory.subspan(for_node));
  os::here = &self;
  self.command_line = pvh::command_line(*info);

  map_memory(self.pages, *info);
  self.platform.map_pages(self.pages);
  const bytes stack = freestanding::make_stack(self.memory, self.pages, stack_size, self.guards[0]);
  const bytes fault_stack =
      freestanding::make_stack(self.memory, self.pages, fault_stack_size, self.guards[1]);
  freestanding::cpu::load_page_tables(self.pages.root());
  self.descriptors.load(fault_stack);
  self.platform.start(self.descriptors);
  self.is_started = true;
  freestanding::cpu::call_on(stack, run_unikernel_of, &self);
}
