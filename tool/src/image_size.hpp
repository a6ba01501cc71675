// SPDX-License-Identifier: ISC
// What takes the space in an image: its symbols, with the packages that they are from, and its sections.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "error.hpp"
#include "generate.hpp"

namespace mirage::tool {

/// Bytes by kind of section: code, constants, variables, and variables that begin as zero, which take no room
/// in the file.
struct section_sizes {
  enum kind { text, rodata, data, bss, kinds };
  std::array<std::uint64_t, kinds> bytes{};

  [[nodiscard]] std::uint64_t in_file() const { return bytes[text] + bytes[rodata] + bytes[data]; }
  section_sizes& operator+=(const section_sizes& more);
};

/// By the folder of a package (`net/tcp`), or by what stands for what is of no package: `files of htdocs`,
/// `unikernel`, `libstdc++`, `libbearssl`, `other`.
using origin_sizes = std::map<std::string, section_sizes>;

/// Adds up what `llvm-nm --numeric-sort --print-size --line-numbers --demangle` prints of an image.
origin_sizes sizes_by_origin(std::string_view symbols, const plan& what);

/// Adds up what `llvm-size --format=sysv --radix=10` prints of it: the sections that are loaded.
section_sizes sizes_of_sections(std::string_view sections);

/// A table for people and scripts, the largest first, with the size of the file in its last line. `image` is
/// read through the unstripped image beside it (`image`.debug), where there is one.
outcome<std::string> size_table(const std::string& image, const plan& what);

}  // namespace mirage::tool
