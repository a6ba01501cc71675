// SPDX-License-Identifier: ISC
#include "toml.hpp"

#include "files.hpp"

namespace mirage::tool {

outcome<toml::table> read_toml(const std::filesystem::path& path) {
  MIRAGE_TRY(const std::string text, read_file(path));
  try {
    return toml::parse(text, path.string());
  } catch (const toml::parse_error& error) {
    return refuse("{}:{}: {}", path.string(), error.source().begin.line, error.description());
  }
}

std::string text_at(const toml::table& table, std::string_view key) {
  return table[key].value_or(std::string{});
}

std::vector<std::string> texts_at(const toml::table& table, std::string_view key) {
  std::vector<std::string> texts;
  if (const auto* array = table[key].as_array()) {
    for (const auto& item : *array) texts.push_back(item.value_or(std::string{}));
  }
  return texts;
}

}  // namespace mirage::tool
