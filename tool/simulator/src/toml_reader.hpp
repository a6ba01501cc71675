// SPDX-License-Identifier: ISC
// Reads one TOML table key by key. The first mistake stays and is told with its place; what nobody asked for
// is a mistake too.
#pragma once

#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "failure.hpp"
#include "quantity.hpp"

namespace mirage::simulator {

class toml_reader {
 public:
  /// `what` stands before each complaint: "links.wire: ".
  toml_reader(const toml::table& from, const std::filesystem::path& file, std::string what)
      : table_(from), file_(file), what_(std::move(what)) {}

  [[nodiscard]] bool has(std::string_view key) const { return table_.contains(key); }
  [[nodiscard]] bool ok() const { return !wrong_; }

  /// Each leaves `to` as it was where the key is not there.
  void text(std::string_view key, std::string& to) { value(key, to, "a text"); }
  void number(std::string_view key, std::int64_t& to) { value(key, to, "a whole number"); }
  void flag(std::string_view key, bool& to) { value(key, to, "true or false"); }
  void texts(std::string_view key, std::vector<std::string>& to);
  template <class T>
  void time(std::string_view key, T& to) {
    quantity(key, to, parse_duration, "5 ms");
  }
  void share(std::string_view key, double& to) { quantity(key, to, parse_share, "0.1 %"); }
  /// A text that `parse` understands.
  template <class T, class Parse>
  void quantity(std::string_view key, T& to, Parse parse, std::string_view example) {
    std::string written;
    text(key, written);
    if (!ok() || !has(key)) return;
    if (const auto understood = parse(written)) {
      to = *understood;
    } else {
      complain(key, fmt::format("{} is `{}`; write it as in `{}`", key, written, example));
    }
  }

  /// A table or a list of tables, read by others. Null: not there.
  const toml::table* table(std::string_view key);
  const toml::array* tables(std::string_view key);

  void need(std::string_view key) {
    if (!has(key)) complain(key, fmt::format("`{}` is missing", key));
  }
  /// At that key, or at the table where there is none.
  void complain(std::string_view key, std::string_view why);
  /// Behind the last key.
  outcome<void> end();

 private:
  template <class T>
  void value(std::string_view key, T& to, std::string_view wanted) {
    const toml::node* const node = find(key);
    if (node == nullptr) return;
    if (const auto found = node->value_exact<T>()) {
      to = *found;
    } else {
      complain(key, fmt::format("{} must be {}", key, wanted));
    }
  }
  const toml::node* find(std::string_view key) {
    asked_.emplace_back(key);
    return table_.get(key);
  }

  const toml::table& table_;
  const std::filesystem::path& file_;
  std::string what_;
  std::vector<std::string> asked_;
  std::optional<failure> wrong_;
};

}  // namespace mirage::simulator
