// SPDX-License-Identifier: ISC
// A packet as a script writes it, and as the runner shows one that was seen: layers of named fields.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mirage::scripts {

/// A mistake in a script, with its place.
class mistake : public std::runtime_error {
 public:
  mistake(std::size_t line, std::size_t column, const std::string& why)
      : std::runtime_error(fmt::format("{}:{}: {}", line, column, why)) {}
};

/// A value is canonical text: decimal, dotted, or the bytes themselves for `data`. `*` stands for anything,
/// and numbers may be `1..5`.
struct field {
  std::string name;
  std::string value;
};

struct layer {
  std::string kind;
  std::vector<field> fields;

  [[nodiscard]] const std::string* find(std::string_view name) const {
    for (const field& each : fields)
      if (each.name == name) return &each.value;
    return nullptr;
  }
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] std::string get(std::string_view name, std::string_view otherwise = "") const {
    const std::string* const found = find(name);
    return found == nullptr ? std::string{otherwise} : *found;
  }
  [[nodiscard]] unsigned long number(std::string_view name, unsigned long otherwise = 0) const {
    const std::string* const found = find(name);
    return found == nullptr ? otherwise : std::stoul(*found);
  }
  void set(std::string_view name, std::string value) {
    for (field& each : fields)
      if (each.name == name) {
        each.value = std::move(value);
        return;
      }
    fields.push_back({std::string{name}, std::move(value)});
  }
  void set(std::string_view name, unsigned long value) { set(name, std::to_string(value)); }
};

struct packet {
  std::vector<layer> layers;

  [[nodiscard]] const layer* find(std::string_view kind) const {
    for (const layer& each : layers)
      if (each.kind == kind) return &each;
    return nullptr;
  }
};

/// Printable data is shown in quotes, other as its length and first bytes.
std::string shown(const field& each);
std::string shown(const packet& all);

}  // namespace mirage::scripts
