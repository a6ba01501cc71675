// SPDX-License-Identifier: ISC
#include "mirage/generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

namespace mirage::generator {

namespace fs = std::filesystem;

namespace {

struct file_closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string depfile_path(const std::filesystem::path& path) {
  std::string out;
  for (const char c : path.string()) {
    if (c == ' ' || c == '#') out += '\\';
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

}  // namespace

std::unexpected<failure> refuse(const fs::path& path, std::string_view why) {
  return std::unexpected(failure{fmt::format("{}: {}", path.string(), why)});
}

outcome<std::string> read_file(const fs::path& path) {
  const std::unique_ptr<std::FILE, file_closer> file{std::fopen(path.c_str(), "rb")};
  if (!file) return refuse(path, std::strerror(errno));
  std::error_code error;
  const std::uintmax_t expected = fs::file_size(path, error);
  // Not every file knows its size (those of /proc), so the end is where reading ends.
  std::string text(error ? 0 : static_cast<std::size_t>(expected), '\0');
  std::size_t length = 0;
  while (true) {
    if (length == text.size()) text.resize(length + std::max<std::size_t>(length / 2, 4096));
    const std::size_t count = std::fread(text.data() + length, 1, text.size() - length, file.get());
    if (count == 0) break;
    length += count;
  }
  if (std::ferror(file.get()) != 0) return refuse(path, std::strerror(errno));
  text.resize(length);
  return text;
}

outcome<void> write_file(const fs::path& path, std::string_view text) {
  fs::path next = path;
  next += ".next";
  std::ofstream file(next, std::ios::binary);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  if (!file) return refuse(path, std::strerror(errno));
  std::error_code error;
  fs::rename(next, path, error);
  if (error) return refuse(path, error.message());
  return {};
}

std::string depfile_text(const fs::path& target, const std::vector<fs::path>& sources) {
  std::string out = depfile_path(target) + ":";
  for (const auto& source : sources) {
    // A depfile cannot name a file with a line break in its name; its folder is named at least.
    if (source.native().find('\n') == std::string::npos) out += " \\\n  " + depfile_path(source);
  }
  return out + "\n";
}

}  // namespace mirage::generator
