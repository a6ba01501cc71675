// SPDX-License-Identifier: ISC
// mirage-zones: a folder of master files in, a file of zones out. Called by the build of an image
// (storage/dns_zones/cmake/mirage_zones.cmake). Two runs over the same files give the same bytes.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "folder.hpp"

namespace {

using namespace mirage::generator;
using mirage::zones_generator::make_zones;

constexpr std::string_view usage = R"(usage: mirage-zones [--depfile FILE] FOLDER OUTPUT

Writes to OUTPUT the zones whose master files are in FOLDER, NAME.zone for the zone NAME, as they are served; with
--depfile also what says when that is out of date.
)";

outcome<void> generate(std::string_view depfile, const std::filesystem::path& folder,
                       const std::filesystem::path& output) {
  const auto made = make_zones(folder);
  if (!made) return std::unexpected(made.error());
  if (!depfile.empty()) {
    std::vector<std::filesystem::path> sources{folder};
    sources.insert(sources.end(), made->files.begin(), made->files.end());
    const std::string text = depfile_text(std::filesystem::absolute(output), sources);
    if (auto written = write_file(depfile, text); !written) return written;
  }
  return write_file(output, mirage::as_text(made->content));
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
