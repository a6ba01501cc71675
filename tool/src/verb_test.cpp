// SPDX-License-Identifier: ISC
// `mirage test`: plays the scenarios of a project, each by mirage-simulator in a process of its own, so that
// one that crashes is one that failed.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "files.hpp"
#include "process.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

constexpr std::string_view simulated = "sim";

outcome<std::vector<fs::path>> scenarios_of(const project& where, const std::vector<std::string>& wanted) {
  std::vector<fs::path> found;
  for (const std::string& word : wanted) {
    const fs::path named = where.folder / "scenarios" / (word + ".toml");
    std::error_code error;
    found.push_back(fs::is_regular_file(named, error) ? named : fs::path{word});
    if (!fs::is_regular_file(found.back(), error))
      return refuse("there is no scenario {}; name a file, or one of scenarios/ without its .toml", word);
  }
  if (!wanted.empty()) return found;
  std::error_code error;
  for (fs::directory_iterator entry(where.folder / "scenarios", error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".toml") found.push_back(entry->path());
  if (found.empty())
    return refuse("there is no scenario; write one into scenarios/ (see `mirage help test`)");
  std::ranges::sort(found);
  return found;
}

command play(const session& with, const project& where, const context& last, const test_options& options,
             const fs::path& scenario) {
  command start{.words = {(with.from.programs / "mirage-simulator").string(), scenario.string(), "--image",
                          (where.folder / last.image).string()}};
  if (!options.seed.empty()) start.words.insert(start.words.end(), {"--seed", options.seed});
  if (!options.pcap.empty()) start.words.insert(start.words.end(), {"--pcap", options.pcap});
  if (with.screen.verbose()) start.words.emplace_back("--verbose");
  return start;
}

}  // namespace

outcome<int> test(const session& with, const test_options& options) {
  MIRAGE_TRY(const project where, find_project(options.config));
  MIRAGE_TRY(const context last, read_context(where));
  if (last.target != simulated)
    return refuse(
        "scenarios are played by the target sim, and this project is configured for {}; run `mirage "
        "configure -t sim` first",
        last.target);
  MIRAGE_TRY(const std::vector<fs::path> scenarios, scenarios_of(where, options.scenarios));
  MIRAGE_TRY_VOID(build(with, options.config, false));

  std::size_t failed = 0;
  for (const fs::path& each : scenarios) {
    const command start = play(with, where, last, options, each);
    with.screen.detail(shown(start));
    MIRAGE_TRY(const finished played, run(start));
    fmt::print("{}{}", played.output, played.errors);
    std::fflush(stdout);
    if (played.status != 0) ++failed;
  }
  if (failed == 0) return exit_status::ok;
  return refuse("{} of {} scenarios failed", failed, scenarios.size());
}

}  // namespace mirage::tool
