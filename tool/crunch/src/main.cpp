// SPDX-License-Identifier: ISC
// mirage-crunch: a folder in, NAME.hpp, NAME.cpp and NAME.bin out. Called by the build of an image
// (storage/crunch/cmake/mirage_crunch.cmake). Two runs over the same files give the same bytes.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <span>

#include "folder.hpp"
#include "store.hpp"
#include "write.hpp"

namespace {

using namespace mirage::crunch_generator;

constexpr std::string_view usage = R"(usage: mirage-crunch [--depfile] [--plain] NAME FOLDER OUTPUT

Writes OUTPUT/NAME.hpp, .cpp and .bin: the files below FOLDER as the store generated::NAME, with digests, content
types and, without --plain, gzip and brotli variants; with --depfile also NAME.d, which says when they are out of
date.

  SOURCE_DATE_EPOCH   the time of last modification of every value, in seconds since 1970; without it, or with 0,
                      it is not known. The times of the files are not looked at: a copy has others.
)";

struct request {
  bool depfile = false;
  forms kinds = forms::compressed;
  std::string name;
  std::filesystem::path folder;
  std::filesystem::path output;
};

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !is_letter(name.front())) return false;
  for (const char c : name)
    if (!is_letter(c) && !(c >= '0' && c <= '9')) return false;
  return true;
}

outcome<std::int64_t> modification_time() {
  const char* given = std::getenv("SOURCE_DATE_EPOCH");
  if (given == nullptr) return 0;
  const std::string_view text = given;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  constexpr std::int64_t greatest = std::numeric_limits<std::int64_t>::max() / 1'000'000'000;
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > greatest)
    return std::unexpected(failure{fmt::format(
        "SOURCE_DATE_EPOCH is '{}', which is no number of seconds since 1970; set or unset it", text)});
  return seconds;
}

outcome<void> generate(const request& wanted) {
  const auto modified = modification_time();
  if (!modified) return std::unexpected(modified.error());
  const auto folder = read_folder(wanted.folder);
  if (!folder) return std::unexpected(folder.error());
  const auto content = make_store(folder->files, wanted.kinds);
  if (!content) return std::unexpected(content.error());
  const auto source = source_text(wanted.name, *content, *modified);
  if (!source) return std::unexpected(source.error());

  std::error_code error;
  std::filesystem::create_directories(wanted.output, error);
  const auto path = [&](std::string_view suffix) {
    return wanted.output / (wanted.name + std::string{suffix});
  };
  if (wanted.depfile) {
    const auto target = std::filesystem::absolute(path(".cpp"), error);
    if (auto written = write_file(path(".d"), depfile_text(target, *folder)); !written) return written;
  }
  if (auto written = write_file(path(".bin"), content->data); !written) return written;
  if (auto written = write_file(path(".hpp"), header_text(wanted.name)); !written) return written;
  return write_file(path(".cpp"), *source);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string_view> arguments(argv + 1, argv + argc);
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    fmt::print("{}", usage);
    return 0;
  }
  request wanted;
  for (; !arguments.empty() && arguments[0].starts_with("--"); arguments.erase(arguments.begin())) {
    if (arguments[0] == "--depfile")
      wanted.depfile = true;
    else if (arguments[0] == "--plain")
      wanted.kinds = forms::plain;
    else
      break;
  }
  if (arguments.size() != 3) {
    fmt::print(stderr, "{}", usage);
    return 64;
  }
  if (!is_identifier(arguments[0])) {
    fmt::print(stderr, "mirage-crunch: '{}' is no name for a store; use letters, digits and underscores\n",
               arguments[0]);
    return 64;
  }
  wanted.name = arguments[0];
  wanted.folder = arguments[1];
  wanted.output = arguments[2];
  if (const auto done = generate(wanted); !done) {
    fmt::print(stderr, "mirage-crunch: {}\n", done.error().sentence);
    return 1;
  }
  return 0;
}
