// SPDX-License-Identifier: ISC
#include "words.hpp"

namespace mirage::scripts {

words::words(std::string_view line, std::size_t number) : line_(number), end_(line.size() + 1) {
  for (std::size_t at = 0; at < line.size();) {
    if (line[at] == ' ' || line[at] == '\t') {
      ++at;
      continue;
    }
    if (line[at] == '#') {
      end_ = at + 1;
      break;
    }
    const std::size_t begin = at;
    if (line[at] == '"') {
      at = line.find('"', at + 1);
      if (at == line.npos) throw mistake(line_, begin + 1, "a text has no end");
      all_.push_back({std::string{line.substr(begin + 1, at - begin - 1)}, begin + 1, true});
      ++at;
      continue;
    }
    while (at < line.size() && line[at] != ' ' && line[at] != '\t') ++at;
    all_.push_back({std::string{line.substr(begin, at - begin)}, begin + 1});
  }
}

word words::take(std::string_view wanted) {
  if (empty()) complain(fmt::format("{} is missing", wanted));
  return all_[next_++];
}

void words::end() const {
  if (!empty()) complain(fmt::format("`{}` is not understood", peek().text));
}

void words::complain(std::string_view why) const {
  throw mistake(line_, empty() ? end_ : peek().column, std::string{why});
}

}  // namespace mirage::scripts
