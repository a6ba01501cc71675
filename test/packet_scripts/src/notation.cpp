// SPDX-License-Identifier: ISC
#include "notation.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <optional>

#include <fmt/ranges.h>

#include "ipv6_words.hpp"
#include "keywords.hpp"
#include "mirage/core/address.hpp"

namespace mirage::scripts {

namespace {

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
      } else if (!(to_.kind == "arp" && read_arp_phrase()) && !read_icmp_phrase() &&
                 !(to_.kind == "tcp" && read_tcp_flags()) && !(to_.kind == "eth" && read_eth_phrase()) &&
                 !(to_.kind == "record" && read_record_phrase()) && !read_unnamed()) {
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
    const type what = to_.kind == "eth"    ? type::mac
                      : to_.kind == "ipv4" ? type::ip
                      : to_.kind == "ipv6" ? type::ip6
                                           : type::number;
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
    for (const phrase& each : phrases) {
      if (each.layer != to_.kind) continue;
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

  // `to-exclude ff02::1234`
  bool read_record_phrase() {
    if (std::ranges::find(record_types, from_.peek().text) == record_types.end()) return false;
    to_.set("type", from_.take("").text);
    to_.set("group", value(type::ip6, "a group"));
    return true;
  }
  // `ns fe80::2`: the first word is no name.
  bool read_unnamed() {
    if (!to_.fields.empty() || is_name(from_.peek().text)) return false;
    const auto* const found = std::ranges::find(unnamed, to_.kind, &keyword::layer);
    if (found == std::ranges::end(unnamed)) return false;
    to_.set(found->name, value(found->what, found->name));
    return true;
  }
  [[nodiscard]] bool is_name(std::string_view text) const {
    return std::ranges::any_of(
        keywords, [&](const keyword& each) { return each.layer == to_.kind && each.name == text; });
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
      case type::ip6: return ip6(given, given.text);
      case type::ip6_list: return ip6_list(given);
      case type::network:
        if (const auto network = ipv6_prefix::parse(given.text))
          return fmt::format("{}/{}", text_of(network->address()), network->length());
        from_.complain(given, fmt::format("`{}` is no network; write it as 2001:db8::/64", given.text));
      case type::bytes: return to_.kind == "nonce" && is_learnt(given) ? given.text : hexadecimal(given);
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
  // `$name` stands for what is learnt.
  [[nodiscard]] static bool is_learnt(const word& given) {
    return !given.quoted && given.text.starts_with('$') && given.text.size() > 1;
  }
  std::string ip6(const word& given, std::string_view text) const {
    if (text.starts_with('$') && text.size() > 1) return std::string{text};
    if (const auto address = ipv6_address::parse(text)) return text_of(*address);
    from_.complain(given, fmt::format("`{}` is no address; write it as 2001:db8::1", text));
  }
  std::string ip6_list(const word& given) const {
    std::string made;
    for (std::string_view rest = given.text; !rest.empty();) {
      const auto comma = rest.find(',');
      made += (made.empty() ? "" : ",") + ip6(given, rest.substr(0, comma));
      rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
    return made;
  }
  std::string number(const word& given) {
    if ((to_.kind == "icmp" || to_.kind == "icmp6" || to_.kind == "tcp") && given.text == "same")
      return given.text;
    if ((to_.kind == "fragment" || to_.kind == "ipv6") && is_learnt(given)) return given.text;
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
