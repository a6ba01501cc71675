// SPDX-License-Identifier: ISC
// `mirage help TOPIC`: the manual's pages, which are Markdown and read well as they are.
#include <algorithm>

#include "files.hpp"
#include "mirage/config/words.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

constexpr std::string_view suffix = ".1.md";

// "configure" for mirage-configure.1.md.
std::vector<std::string> topics(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    if (!file.starts_with("mirage-") || !file.ends_with(suffix)) continue;
    names.push_back(file.substr(7, file.size() - 7 - suffix.size()));
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

outcome<int> help(const session& with, const std::string& topic) {
  const fs::path folder = with.from.sources / "tool/man";
  const auto known = topics(folder);
  if (!topic.empty() && std::ranges::find(known, topic) == known.end()) {
    return fail(tool_error{
        fmt::format("there is no page about `{}`; the pages are: {}", topic, config::listed(known)), "",
        exit_status::bad_usage});
  }
  const std::string file = topic.empty() ? "mirage" : "mirage-" + topic;
  MIRAGE_TRY(const std::string page, read_file(folder / (file + std::string{suffix})));
  fmt::print("{}", page);
  return exit_status::ok;
}

}  // namespace mirage::tool
