// SPDX-License-Identifier: ISC
// Media types by extension; the types are those of the IANA registry.
#include "mirage/http/media_type.hpp"

#include <algorithm>
#include <array>

#include "characters.hpp"
#include "mirage/http/field.hpp"

namespace mirage::http {

namespace {

struct entry {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array table = std::to_array<entry>({
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"apng", "image/apng"},
    {"atom", "application/atom+xml"},
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"bz2", "application/x-bzip2"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar; charset=utf-8"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"jsonld", "application/ld+json"},
    {"log", "text/plain; charset=utf-8"},
    {"m4a", "audio/mp4"},
    {"map", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpeg", "video/mpeg"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"rss", "application/rss+xml"},
    {"rtf", "application/rtf"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"ts", "video/mp2t"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xhtml", "application/xhtml+xml"},
    {"xml", "application/xml"},
    {"xz", "application/x-xz"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
});
static_assert(std::ranges::is_sorted(table, {}, &entry::extension), "it is searched by halving");

}  // namespace

std::string_view media_type(std::string_view name) noexcept {
  constexpr std::string_view unknown = "application/octet-stream";
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return unknown;
  const std::string_view extension = name.substr(dot + 1);
  std::array<char, 12> small{};
  if (extension.size() > small.size()) return unknown;  // a slash behind the dot finds nothing either
  std::ranges::transform(extension, small.begin(), lower);
  const std::string_view wanted{small.data(), extension.size()};
  const auto found = std::ranges::lower_bound(table, wanted, {}, &entry::extension);
  return found != table.end() && found->extension == wanted ? found->type : unknown;
}

bool is_compressible(std::string_view type) noexcept {
  if (type.starts_with("text/")) return true;
  type = type.substr(0, type.find(';'));
  if (type.ends_with("+xml") || type.ends_with("+json")) return true;
  constexpr std::array plain = std::to_array<std::string_view>({
      "application/json",
      "application/xml",
      "application/wasm",
      "application/yaml",
      "application/rtf",
      "image/bmp",
      "image/vnd.microsoft.icon",
      "font/otf",
      "font/ttf",
  });
  return std::ranges::find(plain, type) != plain.end();
}

}  // namespace mirage::http
