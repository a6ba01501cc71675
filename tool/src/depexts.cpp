// SPDX-License-Identifier: ISC
#include "depexts.hpp"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "files.hpp"
#include "mirage/config/words.hpp"
#include "process.hpp"

namespace mirage::tool {

std::vector<std::string> depexts_of(const std::vector<package>& packages) {
  std::set<std::string> names;
  for (const auto& one : packages) names.insert(one.debian.begin(), one.debian.end());
  return {names.begin(), names.end()};
}

outcome<std::vector<std::string>> missing_depexts(const std::vector<std::string>& names) {
  if (names.empty()) return std::vector<std::string>{};
  command ask{.words = {"dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"}};
  ask.words.insert(ask.words.end(), names.begin(), names.end());
  const auto answer = run(ask);
  if (!answer) return std::vector<std::string>{};  // no Debian: nobody to ask
  const auto lines = lines_of(answer->output);
  std::vector<std::string> missing;
  for (const auto& name : names) {
    if (std::ranges::find(lines, "installed " + name) == lines.end()) missing.push_back(name);
  }
  return missing;
}

outcome<void> require_depexts(const std::vector<package>& packages) {
  MIRAGE_TRY(const auto missing, missing_depexts(depexts_of(packages)));
  if (missing.empty()) return {};
  std::set<std::string> who;
  for (const auto& one : packages) {
    for (const auto& name : one.debian) {
      if (std::ranges::find(missing, name) != missing.end()) who.insert(one.name);
    }
  }
  return refuse(
      "{} {} the Debian package{} {}, not installed here; run `{}apt-get install {}`, or pass --no-depext",
      config::listed({who.begin(), who.end()}), who.size() == 1 ? "needs" : "need",
      missing.size() == 1 ? "" : "s", config::listed(missing), geteuid() == 0 ? "" : "sudo ",
      fmt::join(missing, " "));
}

}  // namespace mirage::tool
