// SPDX-License-Identifier: ISC
// For programs of the host that the build of an image calls: files, and one sentence for the person who built
// it where one fails.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::generator {

struct failure {
  std::string sentence;
};

template <class T>
using outcome = std::expected<T, failure>;

/// The path, and what is wrong with it.
std::unexpected<failure> refuse(const std::filesystem::path& path, std::string_view why);

outcome<std::string> read_file(const std::filesystem::path& path);

/// Replaces the file at once, so that nobody sees a half of it.
outcome<void> write_file(const std::filesystem::path& path, std::string_view text);

/// A depfile: what `target` must be made again for.
std::string depfile_text(const std::filesystem::path& target,
                         const std::vector<std::filesystem::path>& sources);

}  // namespace mirage::generator
