// SPDX-License-Identifier: ISC
#include "image_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <vector>

#include "files.hpp"
#include "process.hpp"

namespace mirage::tool {
namespace {

constexpr std::string_view remainder = "other";

struct symbol {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  char type = 0;
  std::string_view name;
  std::string_view file;  // with the line; empty where there is no debug information
};

std::uint64_t number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return value;
}

// "0000000000107624 0000000000000014 t name of it<tab>file:12"; nothing for a symbol without a size.
std::optional<symbol> read_symbol(std::string_view line) {
  constexpr std::size_t digits = 16;
  constexpr std::size_t name = 2 * digits + 4;
  if (line.size() <= name || line[digits] != ' ' || line[2 * digits + 1] != ' ') return std::nullopt;
  const std::size_t tab = std::min(line.find('\t'), line.size());
  return symbol{number(line.substr(0, digits), 16), number(line.substr(digits + 1, digits), 16),
                line[name - 2], line.substr(name, tab - name), line.substr(std::min(tab + 1, line.size()))};
}

section_sizes::kind kind_of(char type) {
  switch (type) {
    case 'b':
    case 'B': return section_sizes::bss;
    case 'd':
    case 'D': return section_sizes::data;
    case 'r':
    case 'R':
    case 'V':
    case 'v': return section_sizes::rodata;
    default: return section_sizes::text;
  }
}

section_sizes::kind kind_of_section(std::string_view name) {
  const auto begins_with = [&](auto... starts) { return (name.starts_with(starts) || ...); };
  if (begins_with(".bss", ".tbss", ".relro_padding")) return section_sizes::bss;
  if (begins_with(".text", ".init", ".fini", ".plt") && name != ".init_array" && name != ".fini_array")
    return section_sizes::text;
  if (begins_with(".data", ".tdata", ".got", ".init_array", ".fini_array", ".dynamic"))
    return section_sizes::data;
  return section_sizes::rodata;
}

class origins {
 public:
  explicit origins(const plan& what) : what_(what) {
    for (const auto& one : what.packages) {
      const std::string folder = one.folder.string();
      const std::size_t at = one.floor.empty() ? folder.rfind('/') : folder.rfind("/" + one.floor + "/");
      folders_.push_back({at == folder.npos ? one.name : folder.substr(at + 1), one.folder});
    }
  }

  std::string of(const symbol& one) const {
    if (one.file.empty()) return of_name(one.name);
    if (one.file.contains("/c++/")) return "libstdc++";
    if (auto package = of_path(one.file)) return *package;
    if (auto store = of_store(one)) return *store;
    if (auto device = of_device(one.name)) return *device;
    return "unikernel";
  }

 private:
  struct folder {
    std::string name;  // "net/tcp"
    fs::path path;
  };

  // Archives of others come without debug information.
  static std::string of_name(std::string_view name) {
    if (name.starts_with("br_")) return "libbearssl";
    const bool standard = name.contains("std::") || name.contains("__cxx") || name.starts_with("operator ");
    return standard ? "libstdc++" : std::string(remainder);
  }

  // A header has the path of an installed one, or of one in the sources.
  std::optional<std::string> of_path(std::string_view path) const {
    if (const auto at = path.find("include/mirage/"); at != path.npos)
      return of_header(path.substr(at + std::string_view{"include/"}.size()));
    for (const auto& one : folders_)
      if (path.contains("/" + one.name + "/")) return one.name;
    return std::nullopt;
  }
  std::optional<std::string> of_header(std::string_view header) const {
    const std::string file(header.substr(0, header.rfind(':')));
    std::error_code error;
    for (const auto& one : folders_)
      if (fs::exists(one.path / "include" / file, error)) return one.name;
    return std::nullopt;
  }
  // What mirage-crunch makes of a folder: crunch/NAME.cpp in the build folder, and in it the files
  // themselves.
  static std::optional<std::string> of_store(const symbol& one) {
    constexpr std::string_view bytes = "mirage_crunch_";
    if (one.name.starts_with(bytes)) return fmt::format("files of {}", one.name.substr(bytes.size()));
    constexpr std::string_view folder = "/crunch/";
    const std::size_t at = one.file.rfind(folder);
    if (at == one.file.npos) return std::nullopt;
    const std::string_view file = one.file.substr(at + folder.size());
    return fmt::format("files of {}", file.substr(0, file.find('.')));
  }
  // What the compiler makes for the type of a device in main.cpp is its package's.
  std::optional<std::string> of_device(std::string_view name) const {
    for (const auto& one : what_.image.devices)
      if (name.contains(fmt::format("(anonymous namespace)::{}::", one.id))) return of_header(one.header);
    return std::nullopt;
  }

  const plan& what_;
  std::vector<folder> folders_;
};

outcome<std::string> output_of(const command& what) {
  auto done = run(what);
  if (!done) return refuse("{} cannot be started; install the Debian package llvm-19", what.words.front());
  if (done->status != 0)
    return fail(tool_error{fmt::format("{} cannot read the image", what.words.front()), done->errors});
  return std::move(done->output);
}

std::string row(std::string_view name, const section_sizes& sizes) {
  const auto& bytes = sizes.bytes;
  return fmt::format("{:<28} {:>9} {:>9} {:>9} {:>9}\n", name, bytes[section_sizes::text],
                     bytes[section_sizes::rodata], bytes[section_sizes::data], bytes[section_sizes::bss]);
}

}  // namespace

section_sizes& section_sizes::operator+=(const section_sizes& more) {
  for (std::size_t i = 0; i < kinds; ++i) bytes[i] += more.bytes[i];
  return *this;
}

origin_sizes sizes_by_origin(std::string_view symbols, const plan& what) {
  const origins from(what);
  origin_sizes sizes;
  std::uint64_t counted_to = 0;  // several names may stand for the same bytes
  for (const auto& line : lines_of(symbols)) {
    const auto one = read_symbol(line);
    if (!one || one->address + one->size <= counted_to) continue;
    sizes[from.of(*one)].bytes[kind_of(one->type)] +=
        one->address + one->size - std::max(one->address, counted_to);
    counted_to = one->address + one->size;
  }
  return sizes;
}

section_sizes sizes_of_sections(std::string_view sections) {
  section_sizes all;
  for (const auto& line : lines_of(sections)) {
    const std::string_view name = std::string_view(line).substr(0, line.find(' '));
    const std::string_view address = std::string_view(line).substr(line.rfind(' ') + 1);
    const std::string_view middle =
        trimmed(std::string_view(line).substr(name.size(), line.rfind(' ') - name.size()));
    if (name.starts_with('.') && number(address, 10) != 0)
      all.bytes[kind_of_section(name)] += number(middle, 10);
  }
  return all;
}

outcome<std::string> size_table(const std::string& image, const plan& what) {
  std::error_code error;
  const std::string unstripped = fs::exists(image + ".debug", error) ? image + ".debug" : image;
  MIRAGE_TRY(const std::string symbols, output_of({{"llvm-nm-19", "--numeric-sort", "--print-size",
                                                    "--line-numbers", "--demangle", unstripped}}));
  MIRAGE_TRY(const std::string sections,
             output_of({{"llvm-size-19", "--format=sysv", "--radix=10", unstripped}}));
  origin_sizes origins = sizes_by_origin(symbols, what);
  const section_sizes all = sizes_of_sections(sections);
  section_sizes known;
  for (const auto& [name, sizes] : origins) known += sizes;
  for (std::size_t i = 0; i < section_sizes::kinds; ++i)
    origins[std::string(remainder)].bytes[i] += all.bytes[i] - std::min(all.bytes[i], known.bytes[i]);

  std::vector<std::pair<std::string, section_sizes>> rows(origins.begin(), origins.end());
  std::ranges::sort(rows, std::ranges::greater{},
                    [](const auto& one) { return std::pair(one.second.in_file(), one.first); });
  std::string table =
      fmt::format("{:<28} {:>9} {:>9} {:>9} {:>9}\n", "package", "text", "rodata", "data", "bss");
  for (const auto& [name, sizes] : rows)
    if (sizes.in_file() + sizes.bytes[section_sizes::bss] != 0) table += row(name, sizes);
  table += row("all", all);
  return table + fmt::format("{:<28} {:>9}\n", "file", fs::file_size(image, error));
}

}  // namespace mirage::tool
