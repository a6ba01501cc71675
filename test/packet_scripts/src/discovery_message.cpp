// SPDX-License-Identifier: ISC
#include "discovery_message.hpp"

#include <algorithm>

#include "checksum.hpp"
#include "ipv6_words.hpp"
#include "keywords.hpp"

namespace mirage::scripts {

namespace {

constexpr unsigned query = 130;
constexpr unsigned router_solicitation = 133;
constexpr unsigned router_advertisement = 134;
constexpr unsigned neighbour_solicitation = 135;
constexpr unsigned neighbour_advertisement = 136;
constexpr unsigned redirect = 137;
constexpr unsigned report = 143;

unsigned long flags(const layer& one, std::string_view high, std::string_view low) {
  return (one.has(high) ? 0x80UL : 0UL) | (one.has(low) ? 0x40UL : 0UL);
}

std::string addresses(const std::string& list) {
  std::string made;
  for (std::string_view rest = list; !rest.empty();) {
    const auto comma = rest.find(',');
    made += ip6_bytes(std::string{rest.substr(0, comma)});
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  }
  return made;
}

// ---- Options ----

std::string option(const layer& one, unsigned long type, std::string value) {
  value.resize((value.size() + 2 + 7) / 8 * 8 - 2, '\0');
  return byte(type) + byte(one.number("length", (value.size() + 2) / 8)) + value;
}

std::string encode_option(const layer& one, const stations& who) {
  if (one.kind == "source-link") return option(one, 1, mac_bytes(one.get("link", who.peer_mac)));
  if (one.kind == "target-link") return option(one, 2, mac_bytes(one.get("link", who.peer_mac)));
  if (one.kind == "mtu") return option(one, 5, be16(0) + be32(one.number("mtu")));
  if (one.kind == "rdnss")
    return option(one, 25, be16(0) + be32(one.number("lifetime", 1800)) + addresses(one.get("servers")));
  if (one.kind == "prefix") {
    const std::string network = one.get("network");
    const auto slash = network.find('/');
    return option(one, 3,
                  byte(std::stoul(network.substr(slash + 1))) +
                      byte(flags(one, "on-link", "auto") | (one.number("reserved") & 0x3f)) +
                      be32(one.number("valid", 86400)) + be32(one.number("preferred", 14400)) +
                      be32(one.number("reserved")) + ip6_bytes(network.substr(0, slash)));
  }
  if (one.kind == "nonce") return option(one, 14, one.get("value"));
  return option(one, one.number("type"), one.get("data"));
}

std::string encode_record(const layer& one) {
  const std::string sources = addresses(one.get("sources"));
  const auto* const type = std::ranges::find(record_types, one.get("type"));
  return byte(static_cast<unsigned long>(type - record_types.begin()) + 1) + byte(0) +
         be16(sources.size() / 16) + ip6_bytes(one.get("group")) + sources;
}

void decode_options(std::string_view from, packet& to) {
  while (from.size() >= 2) {
    const std::size_t length = get8(from, 1) * 8UL;
    if (length == 0 || length > from.size()) break;
    const unsigned type = get8(from, 0);
    if ((type == 1 || type == 2) && length == 8) {
      to.layers.push_back({type == 1 ? "source-link" : "target-link", {{"link", mac_text(from.substr(2))}}});
    } else if (type == 14) {
      to.layers.push_back({"nonce", {{"value", std::string{from.substr(2, length - 2)}}}});
    } else {
      layer& other = to.layers.emplace_back(layer{"option", {}});
      other.set("type", type);
      other.set("data", std::string{from.substr(2, length - 2)});
    }
    from.remove_prefix(length);
  }
}

void decode_records(std::string_view from, unsigned count, packet& to) {
  for (; count > 0 && from.size() >= 20; --count) {
    const std::size_t sources = std::min<std::size_t>(get16(from, 2), (from.size() - 20) / 16);
    const unsigned type = get8(from, 0);
    layer& one = to.layers.emplace_back(layer{"record", {}});
    one.set("type", type >= 1 && type <= record_types.size() ? std::string{record_types[type - 1]}
                                                             : std::to_string(type));
    one.set("group", ip6_text(from.substr(4)));
    std::string list;
    for (std::size_t i = 0; i < sources; ++i)
      list += (list.empty() ? "" : ",") + ip6_text(from.substr(20 + 16 * i));
    one.set("sources", list);
    one.set("auxiliary", get8(from, 1));
    from.remove_prefix(20 + 16 * sources);
  }
}

}  // namespace

std::string encode_discovery(const packet& all, std::size_t at, const stations& who) {
  const layer& one = all.layers[at];
  std::string behind;
  for (std::size_t i = at + 1; i < all.layers.size(); ++i)
    behind +=
        all.layers[i].kind == "record" ? encode_record(all.layers[i]) : encode_option(all.layers[i], who);
  const auto begins = [&](unsigned type) { return byte(type) + byte(one.number("code")) + be16(0); };
  if (one.kind == "ns")
    return begins(neighbour_solicitation) + be32(one.number("reserved")) + ip6_bytes(one.get("target")) +
           behind;
  if (one.kind == "na") {
    const unsigned long bits = flags(one, "router", "solicited") | (one.has("override") ? 0x20UL : 0UL);
    return begins(neighbour_advertisement) + be32(bits << 24 | one.number("reserved")) +
           ip6_bytes(one.get("target")) + behind;
  }
  if (one.kind == "rs") return begins(router_solicitation) + be32(0) + behind;
  if (one.kind == "ra")
    return begins(router_advertisement) + byte(one.number("hops", 64)) +
           byte(flags(one, "managed", "other") | one.number("reserved")) +
           be16(one.number("lifetime", 1800)) + be32(one.number("reachable")) +
           be32(one.number("retransmit")) + behind;
  if (one.kind == "redirect")
    return begins(redirect) + be32(one.number("reserved")) + ip6_bytes(one.get("to")) +
           ip6_bytes(one.get("destination")) + behind;
  if (one.kind == "query") {
    const std::string sources = addresses(one.get("sources"));
    return begins(query) + be16(one.number("max", 1000)) + be16(0) + ip6_bytes(one.get("group", "::")) +
           byte((one.has("suppress") ? 8UL : 0UL) | one.number("qrv", 2)) + byte(one.number("qqic", 125)) +
           be16(sources.size() / 16) + sources + behind;
  }
  return begins(report) + be16(0) + be16(all.layers.size() - at - 1) + behind;
}

bool decode_discovery(std::string_view message, packet& to) {
  const unsigned type = get8(message, 0);
  const bool about_neighbour = type == neighbour_solicitation || type == neighbour_advertisement;
  if (about_neighbour && message.size() < 24) return false;
  if (!about_neighbour && type != router_solicitation && type != report) return false;
  layer one{type == neighbour_solicitation    ? "ns"
            : type == neighbour_advertisement ? "na"
            : type == router_solicitation     ? "rs"
                                              : "report",
            {}};
  one.set("code", get8(message, 1));
  one.set("reserved", type == report                    ? get16(message, 4)
                      : type == neighbour_advertisement ? get32(message, 4) & 0x1fffffffU
                                                        : get32(message, 4));
  if (about_neighbour) one.set("target", ip6_text(message.substr(8)));
  if (type == neighbour_advertisement) {
    const unsigned bits = get8(message, 4);
    one.set("router", bits >> 7);
    one.set("solicited", bits >> 6 & 1U);
    one.set("override", bits >> 5 & 1U);
  }
  to.layers.push_back(one);
  if (type == report)
    decode_records(message.substr(8), get16(message, 6), to);
  else
    decode_options(message.substr(about_neighbour ? 24 : 8), to);
  return true;
}

}  // namespace mirage::scripts
