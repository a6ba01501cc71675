// SPDX-License-Identifier: ISC
#include "kept_compilation.hpp"

#include <unistd.h>

#include "installation.hpp"
#include "lock_file.hpp"

namespace mirage::tool {
namespace {

// The compiler lists what it read in Make's syntax: "output: a.cpp b.hpp \" and so on.
fs::path list_of(const fs::path& output) { return output.string() + ".d"; }

bool is_fresh(const fs::path& output, const std::string& named_by) {
  std::error_code error;
  const auto made = fs::last_write_time(output, error);
  const auto rule = read_file(list_of(output));
  if (error || !rule) return false;
  std::string word;
  bool first = true;
  for (const char c : *rule + "\n") {
    if (c != ' ' && c != '\n' && c != '\\') {
      word += c;
      continue;
    }
    if (!word.empty() && !first && word != named_by) {
      const bool outside = word.starts_with('/');
      if (!outside || fs::last_write_time(word, error) > made || error) return false;
    }
    if (!word.empty()) first = false;
    word.clear();
  }
  return true;
}

fs::path lock_of(const fs::path& output) { return output.string() + ".lock"; }

// The lock's time is that of the last use.
void forget_unused(const fs::path& folder) {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto last = entry.last_write_time(error);
    if (error || entry.path().extension() != ".lock" || now - last < unused_limit) continue;
    const fs::path output = entry.path().parent_path() / entry.path().stem();
    for (const fs::path& file : {output, list_of(output), entry.path()}) fs::remove(file, error);
  }
}

}  // namespace

outcome<finished> keep_compiled(command compiler, const fs::path& output, const std::string& named_by,
                                terminal& screen) {
  std::error_code error;
  if (is_fresh(output, named_by)) {
    fs::last_write_time(lock_of(output), fs::file_time_type::clock::now(), error);
    return finished{};
  }
  forget_unused(output.parent_path());
  lock_file lock;
  MIRAGE_TRY_VOID(lock.take(lock_of(output)));
  if (is_fresh(output, named_by)) return finished{};

  const fs::path fresh = output.string() + "~";
  for (const auto& word :
       {std::string{"-MD"}, std::string{"-MF"}, list_of(fresh).string(), std::string{"-o"}, fresh.string()}) {
    compiler.words.push_back(word);
  }
  screen.detail(shown(compiler));
  MIRAGE_TRY(finished result, run(compiler));
  if (result.status == 0) {
    fs::rename(list_of(fresh), list_of(output), error);
    if (!error) fs::rename(fresh, output, error);
    if (error) return refuse("cannot write {}: {}", output.string(), error.message());
  } else {
    fs::remove(list_of(fresh), error);
  }
  return result;
}

}  // namespace mirage::tool
