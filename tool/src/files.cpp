// SPDX-License-Identifier: ISC
#include "files.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "solv.hpp"

namespace mirage::tool {

outcome<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  std::error_code error;
  if (!in || !fs::is_regular_file(path, error)) {
    return refuse("cannot read {}: {}", path.string(), std::strerror(errno == 0 ? ENOENT : errno));
  }
  return std::move(text).str();
}

outcome<void> make_folder(const fs::path& path) {
  std::error_code error;
  if (!path.empty()) fs::create_directories(path, error);
  if (error)
    return refuse("cannot make the folder {}: {}; is something in its way, or the place not writable?",
                  path.string(), error.message());
  return {};
}

outcome<void> write_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    if (auto present = read_file(path); present && *present == text) return {};
  }
  MIRAGE_TRY_VOID(make_folder(path.parent_path()));
  const fs::path fresh = path.string() + fmt::format(".{}~", getpid());
  std::ofstream out(fresh, std::ios::binary);
  out << text;
  out.close();
  if (!out) {
    const int reason = errno;
    fs::remove(fresh, error);
    return refuse("cannot write {}: {}; make the folder writable or move the project", path.string(),
                  std::strerror(reason));
  }
  fs::rename(fresh, path, error);
  if (error) return refuse("cannot write {}: {}", path.string(), error.message());
  return {};
}

std::string digest(std::string_view bytes) {
  Chksum* sum = solv_chksum_create(REPOKEY_TYPE_SHA256);
  // The length is an int there.
  for (std::size_t at = 0; at < bytes.size(); at += std::size_t{1} << 30) {
    const auto part = bytes.substr(at, std::size_t{1} << 30);
    solv_chksum_add(sum, part.data(), static_cast<int>(part.size()));
  }
  int length = 0;
  const unsigned char* raw = solv_chksum_get(sum, &length);
  std::string text;
  for (int i = 0; i < length; ++i) text += fmt::format("{:02x}", raw[i]);
  solv_chksum_free(sum, nullptr);
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string filled(std::string text, std::string_view name, std::string_view value) {
  const std::string placeholder = fmt::format("@{}@", name);
  for (auto at = text.find(placeholder); at != text.npos; at = text.find(placeholder, at + value.size())) {
    text.replace(at, placeholder.size(), value);
  }
  return text;
}

}  // namespace mirage::tool
