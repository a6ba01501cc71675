// SPDX-License-Identifier: ISC
#include "notation.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <optional>

#include <fmt/ranges.h>

#include "mirage/core/address.hpp"

namespace mirage::scripts {

namespace {

enum class type { flag, number, mac, ip, bytes, data, word, span };

struct keyword {
  std::string_view layer;
  std::string_view name;
  type what;
};

constexpr keyword keywords[] = {
    {"eth", "src", type::mac},         {"eth", "dst", type::mac},        {"eth", "type", type::number},
    {"eth", "vlan", type::number},     {"eth", "pad", type::number},     {"eth", "cut", type::number},
    {"arp", "op", type::number},       {"arp", "sha", type::mac},        {"arp", "spa", type::ip},
    {"arp", "tha", type::mac},         {"arp", "tpa", type::ip},         {"arp", "htype", type::number},
    {"arp", "ptype", type::number},    {"arp", "hlen", type::number},    {"arp", "plen", type::number},
    {"ipv4", "src", type::ip},         {"ipv4", "dst", type::ip},        {"ipv4", "ttl", type::number},
    {"ipv4", "id", type::number},      {"ipv4", "tos", type::number},    {"ipv4", "df", type::flag},
    {"ipv4", "mf", type::flag},        {"ipv4", "offset", type::number}, {"ipv4", "proto", type::number},
    {"ipv4", "options", type::bytes},  {"ipv4", "length", type::number}, {"ipv4", "ihl", type::number},
    {"ipv4", "version", type::number}, {"ipv4", "checksum", type::word}, {"ipv4", "piece", type::span},
    {"icmp", "type", type::number},    {"icmp", "code", type::number},   {"icmp", "id", type::number},
    {"icmp", "seq", type::number},     {"icmp", "mtu", type::number},    {"icmp", "checksum", type::word},
    {"udp", "src", type::number},      {"udp", "dst", type::number},     {"udp", "length", type::number},
    {"udp", "checksum", type::word},   {"tcp", "src", type::number},     {"tcp", "dst", type::number},
    {"tcp", "flags", type::word},      {"tcp", "seq", type::number},     {"tcp", "ack", type::number},
    {"tcp", "win", type::number},      {"tcp", "urg", type::number},     {"tcp", "mss", type::number},
    {"tcp", "wscale", type::number},   {"tcp", "sack-ok", type::flag},   {"tcp", "tsval", type::number},
    {"tcp", "tsecr", type::word},      {"tcp", "sack", type::word},      {"tcp", "options", type::bytes},
    {"tcp", "checksum", type::word},   {"icmp", "data", type::data},     {"udp", "data", type::data},
    {"tcp", "data", type::data},       {"ipv4", "data", type::data},     {"eth", "data", type::data},
};

constexpr std::array<std::string_view, 6> layers{"eth", "arp", "ipv4", "icmp", "udp", "tcp"};

struct phrase {
  std::string_view words;  // one or two
  int type;
  int code;
};
// RFC 792, RFC 1122 §3.2.2.1.
constexpr phrase icmp_phrases[] = {
    {"echo-request", 8, 0},         {"echo-reply", 0, 0},           {"unreachable net", 3, 0},
    {"unreachable host", 3, 1},     {"unreachable protocol", 3, 2}, {"unreachable port", 3, 3},
    {"unreachable too-long", 3, 4}, {"exceeded ttl", 11, 0},        {"exceeded reassembly", 11, 1},
};

std::optional<unsigned long> number_of(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  unsigned long value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class layer_reader {
 public:
  layer_reader(words& from, layer& to) : from_(from), to_(to) {}

  void read() {
    while (!from_.empty() && !from_.at("/")) {
      if (is_ends()) {
        read_ends();
      } else if (!(to_.kind == "arp" && read_arp_phrase()) && !(to_.kind == "icmp" && read_icmp_phrase()) &&
                 !(to_.kind == "tcp" && read_tcp_flags()) && !(to_.kind == "eth" && read_eth_phrase())) {
        read_keyword();
      }
    }
    // In a stream the alphabet goes on from segment to segment.
    if (to_.kind == "tcp" && letters_ && to_.number("seq") > 0)
      to_.set("data", pattern(*letters_, to_.number("seq") - 1));
  }

 private:
  // ---- Phrases ----

  // `10.0.0.2 > 10.0.0.1`, `5000 > 7`
  [[nodiscard]] bool is_ends() const {
    return from_.left() >= 3 && from_.peek(1).text == ">" && !to_.has("dst");
  }
  void read_ends() {
    const type what = to_.kind == "eth" ? type::mac : to_.kind == "ipv4" ? type::ip : type::number;
    to_.set("src", value(what, "src"));
    from_.accept(">");
    to_.set("dst", value(what, "dst"));
  }
  bool read_eth_phrase() {
    if (!from_.accept("broadcast")) return false;
    to_.set("dst", "ff:ff:ff:ff:ff:ff");
    return true;
  }
  bool read_arp_phrase() {
    if (from_.accept("who-has")) {
      to_.set("op", 1);
      to_.set("tpa", value(type::ip, "the address that is asked for"));
      if (from_.accept("tell")) to_.set("spa", value(type::ip, "who asks"));
    } else if (from_.accept("probe")) {
      to_.set("op", 1);
      to_.set("spa", "0.0.0.0");
      to_.set("tpa", value(type::ip, "the address that is probed"));
    } else if (from_.accept("announce")) {
      to_.set("op", 1);
      const std::string address = value(type::ip, "the address that is announced");
      to_.set("spa", address);
      to_.set("tpa", address);
    } else if (from_.left() >= 2 && from_.peek(1).text == "is-at") {
      to_.set("op", 2);
      to_.set("spa", value(type::ip, "an address"));
      from_.accept("is-at");
      to_.set("sha", value(type::mac, "its station"));
    } else {
      return false;
    }
    return true;
  }
  bool read_icmp_phrase() {
    for (const phrase& each : icmp_phrases) {
      const auto space = each.words.find(' ');
      if (!from_.at(each.words.substr(0, space))) continue;
      if (space != each.words.npos &&
          (from_.left() < 2 || from_.peek(1).text != each.words.substr(space + 1)))
        continue;
      from_.take("");
      if (space != each.words.npos) from_.take("");
      to_.set("type", static_cast<unsigned long>(each.type));
      to_.set("code", static_cast<unsigned long>(each.code));
      return true;
    }
    return false;
  }
  // `SA`: in the order of the header, from the least: F S R P A U E W.
  bool read_tcp_flags() {
    const std::string& text = from_.peek().text;
    if (to_.has("flags") || from_.peek().quoted || text.find_first_not_of("FSRPAUEW.") != text.npos)
      return false;
    to_.set("flags", from_.take("").text);
    return true;
  }

  // ---- Fields ----

  void read_keyword() {
    const word name = from_.take("a field");
    for (const keyword& each : keywords) {
      if (each.layer != to_.kind || each.name != name.text) continue;
      if (to_.has(each.name)) from_.complain(name, fmt::format("{} is there twice", name.text));
      to_.set(each.name, value(each.what, each.name));
      return;
    }
    std::string known;
    for (const keyword& each : keywords)
      if (each.layer == to_.kind) known += fmt::format("{}{}", known.empty() ? "" : " ", each.name);
    from_.complain(name, fmt::format("{} has no `{}`; it has: {}", to_.kind, name.text, known));
  }

  std::string value(type what, std::string_view name) {
    if (what == type::flag) return "1";
    const word given = from_.take(name);
    if (given.text == "*" && !given.quoted) return "*";
    switch (what) {
      case type::number: return number(given);
      case type::mac:
        if (const auto mac = mac_address::parse(given.text)) return canonical(given.text);
        from_.complain(given, fmt::format("`{}` is no station; write it as 02:00:00:00:00:01", given.text));
      case type::ip:
        if (ipv4_address::parse(given.text)) return given.text;
        from_.complain(given, fmt::format("`{}` is no address; write it as 10.0.0.1", given.text));
      case type::bytes: return hexadecimal(given);
      case type::data:
        if (given.quoted) return given.text;
        if (given.text.starts_with("0x")) return hexadecimal(given);
        letters_ = std::stoul(number(given));
        return pattern(*letters_);
      case type::span:
        if (given.text.find('-') == given.text.npos)
          from_.complain(given, "a piece is written as 0-1480, from and up to");
        return given.text;
      default: return given.text;
    }
  }
  std::string number(const word& given) {
    if ((to_.kind == "icmp" || to_.kind == "tcp") && given.text == "same") return given.text;
    const auto dots = given.text.find("..");
    if (dots != given.text.npos) {
      if (number_of(given.text.substr(0, dots)) && number_of(given.text.substr(dots + 2))) return given.text;
    } else if (const auto found = number_of(given.text)) {
      return std::to_string(*found);
    }
    from_.complain(given, fmt::format("`{}` is no number", given.text));
  }
  static std::string canonical(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    return text;
  }
  std::string hexadecimal(const word& given) {
    if (auto bytes = bytes_of(given.text)) return *std::move(bytes);
    from_.complain(given, fmt::format("`{}` is no row of bytes; write it as 0x00ff", given.text));
  }

  words& from_;
  layer& to_;
  std::optional<std::size_t> letters_;
};

}  // namespace

std::optional<std::string> bytes_of(std::string_view hexadecimal) {
  if (!hexadecimal.starts_with("0x") || hexadecimal.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (hexadecimal.remove_prefix(2); !hexadecimal.empty(); hexadecimal.remove_prefix(2)) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hexadecimal.data(), hexadecimal.data() + 2, value, 16);
    if (error != std::errc() || end != hexadecimal.data() + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::string pattern(std::size_t size, std::size_t from) {
  std::string made(size, ' ');
  for (std::size_t i = 0; i < size; ++i) made[i] = static_cast<char>('a' + (from + i) % 26);
  return made;
}

packet read_packet(words& from) {
  packet made;
  do {
    const word kind = from.take("a layer");
    if (std::ranges::find(layers, kind.text) == layers.end())
      from.complain(kind,
                    fmt::format("there is no layer `{}`; there are: {}", kind.text, fmt::join(layers, " ")));
    layer& one = made.layers.emplace_back(layer{kind.text, {}});
    layer_reader(from, one).read();
  } while (from.accept("/"));
  from.end();
  return made;
}

}  // namespace mirage::scripts
