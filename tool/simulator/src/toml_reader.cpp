// SPDX-License-Identifier: ISC
#include "toml_reader.hpp"

#include "mirage/config/words.hpp"

namespace mirage::simulator {

void toml_reader::texts(std::string_view key, std::vector<std::string>& to) {
  const toml::node* const node = find(key);
  if (node == nullptr) return;
  const toml::array* const list = node->as_array();
  if (list == nullptr || !list->is_homogeneous<std::string>()) {
    if (list == nullptr || !list->empty()) complain(key, fmt::format("{} must be a list of texts", key));
    return;
  }
  for (const toml::node& each : *list) to.push_back(*each.value<std::string>());
}

const toml::table* toml_reader::table(std::string_view key) {
  const toml::node* const node = find(key);
  if (node != nullptr && !node->is_table()) complain(key, fmt::format("{} must be a table", key));
  return node == nullptr ? nullptr : node->as_table();
}

const toml::array* toml_reader::tables(std::string_view key) {
  const toml::node* const node = find(key);
  if (node != nullptr && !node->is_array_of_tables())
    complain(key, fmt::format("{0} must be tables; write [[{0}]]", key));
  return node == nullptr ? nullptr : node->as_array();
}

void toml_reader::complain(std::string_view key, std::string_view why) {
  if (wrong_) return;
  const toml::node* const node = table_.get(key);
  const toml::source_position place = (node == nullptr ? table_ : *node).source().begin;
  wrong_ = failure{fmt::format("{}:{}:{}: {}{}", file_.string(), place.line, place.column, what_, why)};
}

outcome<void> toml_reader::end() {
  for (const auto& [key, value] : table_) {
    if (std::ranges::count(asked_, key.str()) > 0) continue;
    std::ranges::sort(asked_);
    complain(key.str(),
             fmt::format("there is no `{}` here; there are: {}", key.str(), config::listed(asked_)));
  }
  if (wrong_) return fail(*wrong_);
  return {};
}

}  // namespace mirage::simulator
