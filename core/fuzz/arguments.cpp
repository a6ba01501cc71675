// SPDX-License-Identifier: ISC
// A command line: it splits and parses without a fault; a refusal is one clean line; what was accepted can be
// printed and is then accepted again with the same values.
// covers: src/command_line.cpp src/arguments.cpp src/arguments_help.cpp src/argument_value.cpp
#include "mirage/core/arguments.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/command_line.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

struct boot_arguments final : arguments {
  using arguments::arguments;
  argument<std::uint16_t> port{*this, "port", "TCP port to listen on", 8080};
  argument<std::int64_t> offset{*this, "offset", "Where to begin", 0};
  argument<std::string_view> hello{*this, "hello", "What to print", "Hello World!"};
  argument<bool> verbose{*this, "verbose", "Say more"};
  argument<duration> timeout{*this, "timeout", "How long to wait", 1500ms};
  argument<mac_address> mac{*this, "mac", "Ethernet address", "02:00:00:00:00:01", {.group = "Network"}};
  argument<ipv4_prefix> ipv4{*this, "ipv4", "Address", "10.0.0.2/24", {.group = "Network"}};
  argument<endpoint> server{*this, "server", "Whom to ask", "[::1]:53", {.group = "Network"}};
  argument<std::optional<ip_address>> gateway{*this, "gateway", "Default gateway", {.group = "Network"}};
  argument<inline_vector<std::uint8_t, 3>> levels{*this, "levels", "Levels"};
};

constexpr unikernel_description about{.name = "fuzzed", .version = "1.0.0"};

bool same(const boot_arguments& a, const boot_arguments& b) {
  return *a.port == *b.port && *a.offset == *b.offset && *a.hello == *b.hello && *a.verbose == *b.verbose &&
         *a.timeout == *b.timeout && *a.mac == *b.mac && *a.ipv4 == *b.ipv4 && *a.server == *b.server &&
         *a.gateway == *b.gateway && std::ranges::equal(*a.levels, *b.levels) && *a.name == *b.name &&
         *a.delay == *b.delay && *a.logs == *b.logs;
}

template <class T>
std::string option(std::string_view name, const T& value) {
  std::string text;
  {
    text_stream out([&](std::string_view chunk) { text += chunk; });
    format_to(out, "--{}={}", name, value);
  }
  return text;
}

// The values of `a` as somebody would type them.
std::vector<std::string> printed(const boot_arguments& a) {
  std::vector<std::string> words = {
      option("port", *a.port),       option("offset", *a.offset),   option("hello", *a.hello),
      option("verbose", *a.verbose), option("timeout", *a.timeout), option("mac", *a.mac),
      option("ipv4", *a.ipv4),       option("server", *a.server),   option("name", *a.name),
      option("delay", *a.delay),     option("logs", *a.logs)};
  if (*a.gateway) words.push_back(option("gateway", **a.gateway));
  std::string levels;
  for (std::uint8_t level : *a.levels) levels += (levels.empty() ? "" : ",") + std::to_string(level);
  if (!levels.empty()) words.push_back("--levels=" + levels);
  return words;
}

// One line that nothing of the user's can break.
void check_sentence(std::string_view text) {
  check(text.starts_with("fuzzed: ") && text.ends_with('\n') && text.size() <= 512);
  for (char c : text.substr(0, text.size() - 1)) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

// Whatever the words are, quoting them in the shell's way and splitting gives them back.
void check_quoting(std::span<const std::string_view> words) {
  std::string line;
  for (std::string_view word : words) {
    line += " '";
    for (char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  if (line.size() > command_line_words::max_length) return;
  const auto room = std::make_unique<command_line_words>();
  const auto again = split_command_line(line, *room);
  check(again.has_value() && std::ranges::equal(*again, words));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static test::virtual_node node;
  node.log = log_levels();
  const auto room = std::make_unique<command_line_words>();
  const auto words = split_command_line(std::string_view(reinterpret_cast<const char*>(data), size), *room);
  if (!words) {
    check(!describe(words.error()).empty());
    return 0;
  }
  check_quoting(*words);
  boot_arguments arguments{about};
  const std::optional<int> status = arguments.parse(*words);
  const std::string console = node.take_console();
  if (status) {
    check(*status == 63 || *status == 64);
    if (*status == 64) check_sentence(console);
    check(*status == 64 || console.starts_with("fuzzed"));
    check(node.log == log_levels());
    return 0;
  }
  check(console.empty() && node.log == *arguments.logs && node.name == *arguments.name);
#ifdef MIRAGE_PLANTED_BUG
  if (*arguments.timeout > 100h) std::abort();
#endif
  const std::vector<std::string> texts = printed(arguments);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  boot_arguments again{about};
  check(again.parse(views) == std::nullopt && same(arguments, again));
  node.name = "unikernel";
  return 0;
}
