// SPDX-License-Identifier: ISC
// Files as texts, and digests.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

namespace fs = std::filesystem;

outcome<std::string> read_file(const fs::path& path);

/// Writes a file whole or not at all, and its folders. A file that has these bytes already stays untouched,
/// so that nothing is built again for it.
outcome<void> write_file(const fs::path& path, std::string_view text);

outcome<void> make_folder(const fs::path& path);

/// SHA-256 in hexadecimal.
std::string digest(std::string_view bytes);

std::vector<std::string> lines_of(std::string_view text);
std::string_view trimmed(std::string_view text);

/// Replaces every `@name@` by the value.
std::string filled(std::string text, std::string_view name, std::string_view value);

}  // namespace mirage::tool
