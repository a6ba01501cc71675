// SPDX-License-Identifier: ISC
#include "script.hpp"

#include <charconv>
#include <optional>

#include "mirage/core/address.hpp"
#include "notation.hpp"

namespace mirage::scripts {

namespace {

std::optional<duration> duration_of(std::string_view text) {
  if (text == "0") return duration{};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const double factor = unit == "us" ? 1e3 : unit == "ms" ? 1e6 : unit == "s" ? 1e9 : 0;
  if (factor == 0) return std::nullopt;
  return duration{static_cast<std::int64_t>(number * factor)};
}

moment read_moment(words& from) {
  const word given = from.take("a time");
  std::string_view text = given.text;
  moment when;
  when.since_last = text.starts_with('+');
  if (when.since_last) text.remove_prefix(1);
  const auto dots = text.find("..");
  const auto first = duration_of(text.substr(0, dots));
  const auto last = dots == text.npos ? first : duration_of(text.substr(dots + 2));
  if (!first || !last || *last < *first)
    from.complain(given, fmt::format("`{}` is no time; write it as +0, +20ms, +1s..2s or 1.5s", given.text));
  when.from = *first;
  when.to = *last;
  return when;
}

bool is_ip6(const std::string& text) { return ipv6_address::parse(text).has_value(); }

std::string read_address(words& from) {
  const word given = from.take("an address");
  if (!ipv4_address::parse(given.text) && !is_ip6(given.text))
    from.complain(given, fmt::format("`{}` is no address", given.text));
  return given.text;
}
unsigned read_number(words& from, std::string_view what) {
  const word given = from.take(what);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(given.text.data(), given.text.data() + given.text.size(), value);
  if (error != std::errc() || *end != '\0')
    from.complain(given, fmt::format("`{}` is no number", given.text));
  return value;
}

// `10.0.0.1/24`, `2001:db8::1/64`; the length of its network is returned.
unsigned read_interface(words& from, std::string& address) {
  const word given = from.take("an address with its network");
  if (!ipv4_prefix::parse(given.text) && !ipv6_prefix::parse(given.text))
    from.complain(given, fmt::format("`{}` is no address with its network", given.text));
  address = given.text.substr(0, given.text.find('/'));
  return static_cast<unsigned>(std::stoul(given.text.substr(given.text.find('/') + 1)));
}

void read_host(words& from, setting& to) {
  std::string address;
  const unsigned length = read_interface(from, address);
  const bool six = is_ip6(address);
  (six ? to.who.host_ip6 : to.who.host_ip) = address;
  (six ? to.prefix6 : to.who.prefix) = length;
}

bool read_ipv6_setting(words& from, setting& to) {
  if (from.accept("ipv6")) {
    to.ipv6 = true;
    to.link_only = from.accept("link-only");
  } else if (from.accept("boot")) {
    to.boot = true;
  } else if (from.accept("router")) {
    to.router = true;
    to.router_by_hand = from.accept("by-hand");
  } else if (from.accept("detections")) {
    to.detections = read_number(from, "how often an address is asked for");
  } else if (from.accept("neighbours")) {
    if (!from.accept("by-hand")) from.complain("say: neighbours by-hand");
    to.neighbours_by_hand = true;
  } else if (from.accept("groups")) {
    if (!from.accept("by-hand")) from.complain("say: groups by-hand");
    to.groups_by_hand = true;
  } else {
    return false;
  }
  return true;
}

void read_setting(words& from, setting& to) {
  if (read_ipv6_setting(from, to)) return from.end();
  if (from.accept("host")) {
    read_host(from, to);
  } else if (from.accept("address")) {
    std::string address;
    const unsigned length = read_interface(from, address);
    to.addresses.push_back(fmt::format("{}/{}", address, length));
  } else if (from.accept("peer")) {
    const std::string address = read_address(from);
    (is_ip6(address) ? to.who.peer_ip6 : to.who.peer_ip) = address;
  } else if (from.accept("gateway")) {
    const std::string address = read_address(from);
    (is_ip6(address) ? to.gateway6 : to.gateway) = address;
  } else if (from.accept("group")) {
    to.groups.push_back(read_address(from));
  } else if (from.accept("mtu")) {
    to.mtu = read_number(from, "a number of bytes");
  } else if (from.accept("arp")) {
    if (!from.accept("by-hand")) from.complain("say: arp by-hand");
    to.arp_by_hand = true;
  } else if (from.accept("probe")) {
    to.probe = true;
  } else if (from.accept("tcp")) {
    while (!from.empty()) to.tcp.push_back(from.take("").text);
  } else {
    from.complain(fmt::format(
        "`{}` is no time and no setting; there are: host address peer gateway group mtu arp probe "
        "tcp ipv6 boot router detections neighbours groups",
        from.peek().text));
  }
  from.end();
}

step read_step(words from, std::string_view text) {
  const std::size_t line = from.line();
  step made{step::kind::quiet, line, std::string{text}, read_moment(from), {}, from};
  if (from.accept("quiet")) {
    from.end();
  } else if (from.accept("<")) {
    made.what = step::kind::receives;
    made.carried = read_packet(from);
  } else if (from.accept(">")) {
    made.what = step::kind::sends;
    made.carried = read_packet(from);
  } else if (from.accept(":")) {
    made.what = step::kind::does;
    made.command = from;
  } else {
    from.complain(
        "`<` (the host receives), `>` (it sends), `:` (its application does) or `quiet` is missing");
  }
  if (made.what != step::kind::sends && made.when.from != made.when.to)
    throw mistake(line, 1, "only what the host sends may come from one time to another");
  return made;
}

}  // namespace

script read_script(std::string_view text) {
  script made;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    words from(line, number);
    if (from.empty()) continue;
    const char first = from.peek().text.empty() ? ' ' : from.peek().text[0];
    if (first == '+' || (first >= '0' && first <= '9')) {
      made.steps.push_back(read_step(std::move(from), line));
    } else if (made.steps.empty()) {
      read_setting(from, made.on);
    } else {
      from.complain("a line begins with a time, as in +0; settings stand before the first of them");
    }
  }
  if (made.steps.empty()) throw mistake(1, 1, "nothing happens in this script");
  return made;
}

}  // namespace mirage::scripts
