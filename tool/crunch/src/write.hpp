// SPDX-License-Identifier: ISC
// A store as source text: what the compiler of the image reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"
#include "store.hpp"

namespace mirage::crunch_generator {

/// NAME.hpp: `generated::NAME`, the type that names the store.
std::string header_text(std::string_view name);

/// NAME.cpp: the tables. It takes NAME.bin, the bytes, by the assembler's `.incbin`, which is found on the
/// assembler's include path: a hundred times as fast as an array. `modified` is in seconds of Unix time.
outcome<std::string> source_text(std::string_view name, const store& content, std::int64_t modified);

/// A depfile: what `target` must be made again for.
std::string depfile_text(const std::filesystem::path& target, const folder_content& folder);

/// Any bytes as a string literal of C++, with the quotes.
std::string literal(std::string_view text);

}  // namespace mirage::crunch_generator
