// SPDX-License-Identifier: ISC
#include "options.hpp"

#include <charconv>
#include <optional>

#include "mirage/solo5/manifest.hpp"

namespace mirage::tender {

namespace {

constexpr std::uint64_t megabyte = 1 << 20;
constexpr std::uint64_t most_memory = 64 * 1024;  // megabytes

std::optional<std::uint64_t> number_of(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::unexpected<std::string> wrong(std::string_view word, std::string_view why) {
  return fail("`" + std::string(word) + "`: " + std::string(why));
}

result<void, std::string> read_memory(std::string_view word, std::string_view value, options& into) {
  const auto megabytes = number_of(value);
  if (!megabytes || *megabytes < 2 || *megabytes > most_memory)
    return wrong(word, "the memory is a number of megabytes, 2 to 65536");
  into.memory_size = *megabytes * megabyte;
  return {};
}

// "--net:service=tap0" in its parts.
struct device_option {
  std::string_view kind;
  std::string_view device;
  std::string_view value;
};

std::optional<device_option> device_option_of(std::string_view word) noexcept {
  for (const std::string_view kind : {"--net:", "--net-mac:", "--block:", "--block-sector-size:"}) {
    if (!word.starts_with(kind)) continue;
    const std::string_view rest = word.substr(kind.size());
    const std::size_t equals = rest.find('=');
    if (equals == rest.npos) return device_option{.kind = kind, .device = rest, .value = {}};
    return device_option{.kind = kind, .device = rest.substr(0, equals), .value = rest.substr(equals + 1)};
  }
  return std::nullopt;
}

result<void, std::string> read_device_option(std::string_view word, const device_option& what,
                                             options& into) {
  if (!solo5::is_device_name(what.device))
    return wrong(word, "the name of a device is 1 to 67 letters and digits");
  if (what.value.empty()) return wrong(word, "it has no value; write it as --net:NAME=TAP");
  const std::string device(what.device);
  if (what.kind == "--net:") {
    into.networks[device] = what.value;
  } else if (what.kind == "--block:") {
    into.disks[device] = what.value;
  } else if (what.kind == "--net-mac:") {
    const auto address = mac_address::parse(what.value);
    if (!address || address->is_multicast()) return wrong(word, "that is no MAC address of one station");
    into.addresses[device] = *address;
  } else {
    const auto size = number_of(what.value);
    if (!size || *size < 512 || *size > 4096 || (*size & (*size - 1)) != 0)
      return wrong(word, "a block has 512, 1024, 2048 or 4096 bytes");
    into.block_sizes[device] = static_cast<std::uint32_t>(*size);
  }
  return {};
}

}  // namespace

std::string tap_of(const options& given, const std::string& device) {
  const auto named = given.networks.find(device);
  return named == given.networks.end() ? device : named->second;
}

std::string file_of(const options& given, const std::string& device) {
  const auto named = given.disks.find(device);
  return named == given.disks.end() ? device + ".img" : named->second;
}

result<options, std::string> read_options(std::span<const char* const> words) {
  options read;
  while (!words.empty() && read.image.empty()) {
    const std::string_view word = words.front();
    words = words.subspan(1);
    if (const auto device = device_option_of(word)) {
      MIRAGE_TRY_VOID(read_device_option(word, *device, read));
    } else if (word.starts_with("--mem=") || word.starts_with("--memory=")) {
      MIRAGE_TRY_VOID(read_memory(word, word.substr(word.find('=') + 1), read));
    } else if (word == "--memory" && !words.empty()) {
      MIRAGE_TRY_VOID(read_memory(word, words.front(), read));
      words = words.subspan(1);
    } else if (word == "--dry-run") {
      read.dry_run = true;
    } else if (word == "--help" || word == "-h") {
      read.help = true;
      return read;
    } else if (word.starts_with('-')) {
      return wrong(word, "mirage-spt has no such option; boot arguments stand behind a `--`");
    } else {
      read.image = word;
    }
  }
  if (read.image.empty()) return fail(std::string("no image is named; see --help"));
  if (!words.empty() && words.front() == std::string_view("--")) words = words.subspan(1);
  read.arguments = joined(words);
  return read;
}

std::string joined(std::span<const char* const> words) {
  std::string line;
  for (const std::string_view word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_of(" \t\r\n'\"\\") == word.npos) {
      line += word;
      continue;
    }
    line += '"';
    for (const char c : word) {
      if (c == '"' || c == '\\') line += '\\';
      line += c;
    }
    line += '"';
  }
  return line;
}

}  // namespace mirage::tender
