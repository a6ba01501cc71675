// SPDX-License-Identifier: ISC
#include "mirage/linux/image_file.hpp"

#include <fcntl.h>
#include <link.h>

namespace mirage {

namespace {

struct segment {
  cbytes memory;
  std::uint64_t offset = 0;
};

// The executable is the first object that is shown, dl_iterate_phdr(3).
int look_at_executable(dl_phdr_info* object, std::size_t, void* result) {
  auto& greatest = *static_cast<segment*>(result);
  for (const auto& header : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    if (header.p_type != PT_LOAD || header.p_flags != PF_R) continue;
    if (header.p_filesz <= greatest.memory.size()) continue;
    // The loader maps the file here; there is no object of ours at that address to point to.
    const auto* data = reinterpret_cast<const std::byte*>(object->dlpi_addr + header.p_vaddr);
    greatest = {.memory = {data, header.p_filesz}, .offset = header.p_offset};
  }
  return 1;
}

}  // namespace

image_file::image_file() noexcept : file_(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC | O_NOATIME)) {
  if (!file_) return;
  segment found;
  ::dl_iterate_phdr(look_at_executable, &found);
  read_only_ = found.memory;
  offset_ = found.offset;
}

std::optional<std::uint64_t> image_file::offset_of(cbytes memory) const noexcept {
  const auto first = reinterpret_cast<std::uintptr_t>(read_only_.data());
  const auto wanted = reinterpret_cast<std::uintptr_t>(memory.data());
  if (wanted < first || wanted - first > read_only_.size()) return std::nullopt;
  const std::uintptr_t distance = wanted - first;
  if (memory.size() > read_only_.size() - distance) return std::nullopt;
  return offset_ + distance;
}

}  // namespace mirage
