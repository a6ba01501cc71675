// SPDX-License-Identifier: ISC
// The ELF file of a unikernel, as far as a tender may believe it: System V gABI chapters 4 and 5, and the
// stricter rules that Solo5 has for its images. Nothing is copied and nothing is done.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/solo5/manifest.hpp"

namespace mirage::tender {

struct segment {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  ///< in memory; what the content does not fill is zero
  cbytes content{};
  bool writable = false;
  bool executable = false;
};

struct unikernel_image {
  std::uint64_t entry = 0;
  std::uint64_t end = 0;          ///< behind the last page of the last segment
  std::vector<segment> segments;  ///< by address; no two share a page
  std::uint64_t stack_size = 0;   ///< of a stack that wants a guard below it; 0: it does not say
  cbytes manifest{};              ///< checked; its first byte is the version
  std::size_t entries = 0;        ///< of the manifest
};

enum class image_error : std::uint8_t {
  not_elf,
  other_machine,
  not_static,
  cut_off,
  bad_segment,
  too_low,
  too_large,
  overlap,
  writable_code,
  no_entry,
  bad_note,
  no_abi,
  other_abi,
  no_manifest,
  bad_manifest
};
[[nodiscard]] std::string_view describe(image_error error) noexcept;

/// `memory_size` is where the unikernel's memory ends. What is given refers to `file`.
[[nodiscard]] result<unikernel_image, image_error> read_image(cbytes file, std::uint64_t memory_size);

}  // namespace mirage::tender
