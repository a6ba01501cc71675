// SPDX-License-Identifier: ISC
#include "folder.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mirage/core/text_writer.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns_zones.hpp"

namespace mirage::zones_generator {

namespace fs = std::filesystem;
using generator::failure;
using generator::outcome;
using generator::refuse;

namespace {

class folder_files final : public dns::include_source {
 public:
  outcome<void> read(const fs::path& folder) {
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder, error)) {
      if (!each.is_regular_file(error)) continue;
      auto text = generator::read_file(each.path());
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

}  // namespace mirage::zones_generator
