// SPDX-License-Identifier: ISC
// Compiled without a stack protector, because there is no canary yet.
#include "start.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "mirage/core/os.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/freestanding/image.hpp"

namespace mirage::solo5 {

namespace {

constexpr std::uint64_t page_size = freestanding::heap::page_size;

template <class T>
T* at(std::uint64_t address) noexcept {
  return reinterpret_cast<T*>(address);
}

// As the image says for whoever loads it, and a page below it, which a tender may make inaccessible.
std::uint64_t stack_and_guard() noexcept {
  for (const Elf64_Phdr& segment : freestanding::image::segments())
    if (segment.p_type == PT_GNU_STACK) return segment.p_memsz + page_size;
  return page_size;
}

// The tender's copy, as far as it says that it goes; what it says is checked by who reads it.
cbytes manifest_at(std::uint64_t address) noexcept {
  manifest_header header{};
  std::memcpy(&header, at<std::byte>(address), sizeof header);
  return {at<std::byte>(address), manifest_size(std::min<std::size_t>(header.entries, max_entries))};
}

}  // namespace

bytes free_memory(const boot_facts& boot) noexcept {
  // A tender does not count a segment that has no content in the file.
  const auto image_end = std::bit_cast<std::uint64_t>(freestanding::image::end());
  const std::uint64_t first = (std::max(boot.kernel_end, image_end) + page_size - 1) / page_size * page_size;
  const std::uint64_t last = boot.memory_size / page_size * page_size;
  const std::uint64_t reserved = stack_and_guard();
  if (last < reserved || first >= last - reserved) return {};
  return {at<std::byte>(first), last - reserved - first};
}

void start(solo5_node& self, const boot_facts& boot) noexcept {
  const auto devices = read_manifest(manifest_at(boot.manifest));
  if (!devices) {
    os::platform::console("The tender's manifest cannot be used: ");
    os::platform::console(describe(devices.error()));
    os::platform::console(".\n");
    freestanding::platform::halt(exit_status::device_failed);
  }
  self.devices = *devices;
  freestanding::start(self, boot.command_line != 0 ? at<char>(boot.command_line) : "");
}

}  // namespace mirage::solo5
