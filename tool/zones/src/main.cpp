// SPDX-License-Identifier: ISC
// mirage-zones: a folder of master files in, a file of zones out. Called by the build of an image
// (storage/dns_zones/cmake/mirage_zones.cmake). Two runs over the same files give the same bytes.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"

namespace {

using namespace mirage::zones_generator;

constexpr std::string_view usage = R"(usage: mirage-zones [--depfile FILE] FOLDER OUTPUT

Writes to OUTPUT the zones whose master files are in FOLDER, NAME.zone for the zone NAME, as they are served; with
--depfile also what says when that is out of date.
)";

std::string depfile_path(const std::filesystem::path& path) {
  std::string out;
  for (const char c : path.string()) {
    if (c == ' ' || c == '#') out += '\\';
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

std::string depfile_text(const std::filesystem::path& target, const std::filesystem::path& folder,
                         const made_zones& made) {
  std::string out = depfile_path(target) + ": " + depfile_path(folder);
  for (const auto& file : made.files) out += " \\\n  " + depfile_path(file);
  return out + "\n";
}

outcome<void> generate(std::string_view depfile, const std::filesystem::path& folder,
                       const std::filesystem::path& output) {
  const auto made = make_zones(folder);
  if (!made) return std::unexpected(made.error());
  if (!depfile.empty()) {
    const std::string text = depfile_text(std::filesystem::absolute(output), folder, *made);
    if (auto written = write_file(depfile, text.data(), text.size()); !written) return written;
  }
  return write_file(output, made->content.data(), made->content.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string_view> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    fmt::print("{}", usage);
    return 0;
  }
  std::string_view depfile;
  if (arguments.size() == 4 && arguments[0] == "--depfile") {
    depfile = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.size() != 2) {
    fmt::print(stderr, "{}", usage);
    return 64;
  }
  if (const auto done = generate(depfile, arguments[0], arguments[1]); !done) {
    fmt::print(stderr, "mirage-zones: {}\n", done.error().sentence);
    return 1;
  }
  return 0;
}
