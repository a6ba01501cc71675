// SPDX-License-Identifier: ISC
// The first C++ function: finds the memory, makes the node at its beginning and starts. Compiled without a
// stack protector, because there is no canary yet.
#include <algorithm>
#include <bit>
#include <new>
#include <string_view>

#include "mirage/core/panic.hpp"
#include "mirage/freestanding/image.hpp"
#include "mirage/freestanding/start.hpp"
#include "start_info.hpp"
#include "virtio_node.hpp"

namespace mirage {

namespace {

constexpr std::uint64_t page_size = freestanding::heap::page_size;

template <class T>
const T* at(std::uint64_t address) noexcept {
  return reinterpret_cast<const T*>(address);
}

// The memory behind the image, up to where the first range of ordinary memory ends.
bytes memory_behind_image(const pvh::start_info& info) noexcept {
  const auto image_end = std::bit_cast<std::uint64_t>(freestanding::image::end());
  const std::uint64_t first = (image_end + page_size - 1) / page_size * page_size;
  const auto* const entries = at<pvh::memory_map_entry>(info.memory_map);
  for (const auto& entry : std::span(entries, info.version >= 1 ? info.memory_map_entries : 0)) {
    const std::uint64_t end = (entry.address + entry.size) / page_size * page_size;
    if (entry.type == pvh::ordinary_memory && entry.address < first && end > first)
      return {reinterpret_cast<std::byte*>(first), end - first};
  }
  return {};
}

}  // namespace

}  // namespace mirage

extern "C" [[noreturn]] void virtio_start(const mirage::pvh::start_info* info);

void virtio_start(const mirage::pvh::start_info* info) {
  using namespace mirage;
  constexpr std::uint64_t reserved = (sizeof(virtio_node) + page_size - 1) / page_size * page_size;
  const bytes memory = memory_behind_image(*info);
  require(info->magic == pvh::start_magic && memory.size() > 2 * reserved,
          "the hypervisor names no memory behind the image");
  auto* const node = new (memory.data()) virtio_node(memory.subspan(reserved));
  os::here = node;
  freestanding::start(*node, info->command_line != 0 ? at<char>(info->command_line) : "");
}
