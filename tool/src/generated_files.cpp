// SPDX-License-Identifier: ISC
#include "generated_files.hpp"

#include "files.hpp"

namespace mirage::tool {
namespace {

constexpr std::string_view script_mark = "#!";

// Whether the tool wrote exactly these bytes. Without a record of that, the first line must say it, or the
// second of a script.
bool is_ours(const std::string& path, const std::string& text, const context* before) {
  if (before != nullptr) {
    if (const auto known = before->files.find(path); known != before->files.end())
      return digest(text) == known->second;
  }
  const auto first = text.find('\n');
  const auto said = text.starts_with(script_mark) && first != text.npos ? text.find('\n', first + 1) : first;
  return text.substr(0, said).contains("enerated by mirage");
}

outcome<void> check(const project& where, const std::string& path, const std::string& wanted,
                    const context* before) {
  std::error_code error;
  const fs::path file = where.folder / path;
  if (!fs::exists(file, error)) return {};
  MIRAGE_TRY(const std::string present, read_file(file));
  if (present == wanted || is_ours(path, present, before)) return {};
  if (before != nullptr && before->files.contains(path)) {
    return refuse("{} was changed by hand since mirage wrote it; keep what you need of it and delete it",
                  path);
  }
  return refuse("{} was not written by mirage; move it away, mirage/ and dist/ are for generated files",
                path);
}

outcome<void> write(const fs::path& path, const std::string& text) {
  MIRAGE_TRY_VOID(write_file(path, text));
  if (!text.starts_with(script_mark)) return {};
  std::error_code error;
  const auto all = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
  fs::permissions(path, all, fs::perm_options::add, error);
  if (error) return refuse("cannot make {} executable: {}", path.string(), error.message());
  return {};
}

}  // namespace

outcome<void> write_generated(const project& where, const generated_texts& texts, const context* before) {
  for (const auto& [path, text] : texts) MIRAGE_TRY_VOID(check(where, path, text, before));
  for (const auto& [path, text] : texts) MIRAGE_TRY_VOID(write(where.folder / path, text));
  if (before == nullptr) return {};
  for (const auto& [path, sum] : before->files) {
    std::error_code error;
    if (texts.contains(path)) continue;
    if (const auto present = read_file(where.folder / path); present && digest(*present) == sum) {
      fs::remove(where.folder / path, error);
    }
  }
  return {};
}

outcome<std::vector<std::string>> remove_generated(const project& where, const context& before) {
  std::vector<std::string> kept;
  for (const auto& [path, sum] : before.files) {
    std::error_code error;
    const auto present = read_file(where.folder / path);
    if (!present) continue;
    if (digest(*present) != sum) {
      kept.push_back(path);
      continue;
    }
    fs::remove(where.folder / path, error);
    if (error) return refuse("cannot remove {}: {}", path, error.message());
  }
  return kept;
}

}  // namespace mirage::tool
