// SPDX-License-Identifier: ISC
// The unikernel's memory, at the addresses that the ABI fixes, with the image in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "image.hpp"
#include "mirage/core/result.hpp"
#include "mirage/solo5/spt.hpp"

namespace mirage::tender {

/// Maps all of it, puts the segments at their places and takes away what they must not allow. The manifest
/// lies in it from then on, as it is in the image, and may be filled in. An error is a sentence.
class guest_memory {
 public:
  [[nodiscard]] static result<guest_memory, std::string> make(const unikernel_image& image,
                                                              std::uint64_t size);

  /// The manifest's copy.
  [[nodiscard]] bytes manifest() const noexcept { return manifest_; }

  /// What the entry point is told; gives its address. The command line is copied.
  [[nodiscard]] result<const solo5::spt::boot_info*, std::string> tell(std::string_view command_line,
                                                                       int epoll, int timer) const;

 private:
  guest_memory(std::uint64_t size, std::uint64_t kernel_end) noexcept
      : size_(size), kernel_end_(kernel_end) {}
  std::uint64_t size_;
  std::uint64_t kernel_end_;
  bytes manifest_;
};

/// Jumps to the entry point, with the stack at the end of memory.
[[noreturn]] void enter(std::uint64_t entry, const solo5::spt::boot_info* boot) noexcept;

}  // namespace mirage::tender
