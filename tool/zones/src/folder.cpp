// SPDX-License-Identifier: ISC
#include "folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/core/text_writer.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_zones.hpp"

namespace mirage::zones_generator {

namespace fs = std::filesystem;

namespace {

std::unexpected<failure> refuse(const fs::path& path, std::string_view why) {
  return std::unexpected(failure{fmt::format("{}: {}", path.string(), why)});
}

outcome<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file || file.bad()) return refuse(path, std::strerror(errno));
  return text;
}

class folder_files final : public dns::include_source {
 public:
  outcome<void> read(const fs::path& folder) {
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder, error)) {
      if (!each.is_regular_file(error)) continue;
      auto text = read_file(each.path());
      if (!text) return std::unexpected(text.error());
      texts.emplace(each.path().filename().string(), *std::move(text));
    }
    if (error) return refuse(folder, error.message());
    return {};
  }
  std::optional<std::string_view> find(std::string_view file) override {
    const auto found = texts.find(file);
    if (found == texts.end()) return std::nullopt;
    return found->second;
  }

  std::map<std::string, std::string, std::less<>> texts;
};

outcome<void> add_zone(made_zones& to, const fs::path& path, std::string_view text, folder_files& files) {
  const std::string stem = path.stem().string();
  const auto origin = dns::name::parse(stem == "root" ? "." : stem);
  if (!origin) return refuse(path, describe(origin.error()));
  const std::string name = path.string();
  const auto made = dns::read_zone(text, *origin, name, &files);
  if (!made) {
    std::array<char, 4096> space;
    text_writer sentence(space);
    format(sentence, made.error());
    return std::unexpected(failure{std::string(sentence.text())});
  }
  dns::compiled_zones::append(to.content, **made);
  return {};
}

}  // namespace

outcome<made_zones> make_zones(const fs::path& folder) {
  folder_files files;
  if (auto read = files.read(folder); !read) return std::unexpected(read.error());
  made_zones made;
  for (const auto& [name, text] : files.texts) {
    made.files.push_back(folder / name);
    if (!name.ends_with(".zone")) continue;
    if (auto added = add_zone(made, folder / name, text, files); !added)
      return std::unexpected(added.error());
  }
  if (made.content.empty()) return refuse(folder, "there is no file NAME.zone in this folder of zones");
  return made;
}

outcome<void> write_file(const fs::path& path, const void* octets, std::size_t size) {
  fs::path next = path;
  next += ".next";
  std::ofstream file(next, std::ios::binary);
  file.write(static_cast<const char*>(octets), static_cast<std::streamsize>(size));
  file.close();
  if (!file) return refuse(path, std::strerror(errno));
  std::error_code error;
  fs::rename(next, path, error);
  if (error) return refuse(path, error.message());
  return {};
}

}  // namespace mirage::zones_generator
