// SPDX-License-Identifier: ISC
// The one place that includes toml++, in its compiled form.
#pragma once

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"

namespace mirage::tool {

/// The table of a TOML file; a mistake in it is named with its line.
outcome<toml::table> read_toml(const std::filesystem::path& path);

/// A text, or nothing.
std::string text_at(const toml::table& table, std::string_view key);

/// A list of texts, or nothing.
std::vector<std::string> texts_at(const toml::table& table, std::string_view key);

}  // namespace mirage::tool
