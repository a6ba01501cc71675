// SPDX-License-Identifier: ISC
#include "versions.hpp"

#include <algorithm>
#include <charconv>

#include "files.hpp"

namespace mirage::tool {
namespace {

// Takes the part before the next dot away from `rest`.
std::string_view next_part(std::string_view& rest) {
  const auto part = rest.substr(0, rest.find('.'));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return part;
}

int compare_parts(std::string_view a, std::string_view b) {
  unsigned long left = 0;
  unsigned long right = 0;
  const auto a_end = std::from_chars(a.data(), a.data() + a.size(), left).ptr;
  const auto b_end = std::from_chars(b.data(), b.data() + b.size(), right).ptr;
  if (left != right) return left < right ? -1 : 1;
  // What stands behind the number: nothing is before something.
  return std::string_view(a_end, a.data() + a.size()).compare(std::string_view(b_end, b.data() + b.size()));
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    if (const int order = compare_parts(next_part(a), next_part(b)); order != 0) return order;
  }
  return 0;
}

outcome<std::vector<constraint>> parse_constraints(std::string_view text) {
  std::vector<constraint> found;
  std::string_view rest = trimmed(text);
  if (rest == "*") return found;
  while (!rest.empty()) {
    const auto one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    const auto word = trimmed(one);
    const auto begin = std::min(word.find_first_not_of("<>="), word.size());
    const auto relation = word.substr(0, begin);
    const auto version = trimmed(word.substr(begin));
    const bool known = relation.empty() || relation == "=" || relation == "<" || relation == "<=" ||
                       relation == ">" || relation == ">=";
    const bool good = !version.empty() &&
                      version.find_first_not_of("0123456789.abcdefghijklmnopqrstuvwxyz-+~") == version.npos &&
                      version.front() >= '0' && version.front() <= '9';
    if (!known || !good) {
      return refuse("`{}` is no version constraint; write for example `>= 1.0` or `>= 1.2, < 2`",
                    trimmed(text));
    }
    found.push_back({relation.empty() ? "=" : std::string{relation}, std::string{version}});
  }
  return found;
}

bool satisfies(std::string_view version, const std::vector<constraint>& constraints) {
  return std::ranges::all_of(constraints, [&](const constraint& one) {
    const int order = compare_versions(version, one.version);
    if (order == 0) return one.relation.contains('=');
    return one.relation.contains(order < 0 ? '<' : '>');
  });
}

version_line find_version_line(std::string_view config) {
  constexpr std::string_view words = "needs mirage";
  unsigned number = 0;
  for (const std::string& line : lines_of(config)) {
    ++number;
    const auto text = trimmed(line);
    if (!text.starts_with("//")) break;
    const auto at = text.find(words);
    if (at != text.npos) return {std::string{trimmed(text.substr(at + words.size()))}, number};
  }
  return {};
}

}  // namespace mirage::tool
