// SPDX-License-Identifier: ISC
#include <algorithm>

#include "checksum.hpp"
#include "discovery_message.hpp"
#include "ipv6_words.hpp"
#include "wire.hpp"

namespace mirage::scripts {

namespace {

std::string ip_text(std::string_view from) {
  return fmt::format("{}.{}.{}.{}", get8(from, 0), get8(from, 1), get8(from, 2), get8(from, 3));
}
std::string verdict(bool right) { return right ? "ok" : "bad"; }

class decoder {
 public:
  explicit decoder(learnt_numbers& numbers) : numbers_(numbers) {}

  packet frame(std::string_view from) {
    if (from.size() < 14) return {{{"eth", {{"data", std::string{from}}}}}};
    layer& eth = add("eth");
    eth.set("src", mac_text(from.substr(6)));
    eth.set("dst", mac_text(from));
    unsigned type = get16(from, 12);
    from.remove_prefix(14);
    if (type == 0x8100 && from.size() >= 4) {
      eth.set("vlan", get16(from, 0) & 0xfffU);
      type = get16(from, 2);
      from.remove_prefix(4);
    }
    eth.set("type", type);
    if (type == 0x0806 && from.size() >= 28) {
      arp(from);
    } else if (type == 0x0800 && from.size() >= 20) {
      ipv4(from);
    } else if (type == 0x86dd && from.size() >= 40) {
      ipv6(from);
    } else {
      eth.set("data", std::string{from});
    }
    return made_;
  }

 private:
  layer& add(std::string_view kind) { return made_.layers.emplace_back(layer{std::string{kind}, {}}); }

  void arp(std::string_view from) {
    layer& one = add("arp");
    one.set("htype", get16(from, 0));
    one.set("ptype", get16(from, 2));
    one.set("hlen", get8(from, 4));
    one.set("plen", get8(from, 5));
    one.set("op", get16(from, 6));
    one.set("sha", mac_text(from.substr(8)));
    one.set("spa", ip_text(from.substr(14)));
    one.set("tha", mac_text(from.substr(18)));
    one.set("tpa", ip_text(from.substr(24)));
  }

  void ipv4(std::string_view from) {
    const std::size_t header = std::clamp<std::size_t>((get8(from, 0) & 15U) * 4, 20, from.size());
    const std::size_t length = std::clamp<std::size_t>(get16(from, 2), header, from.size());
    const unsigned fragment = get16(from, 6);
    layer& one = add("ipv4");
    one.set("src", ip_text(from.substr(12)));
    one.set("dst", ip_text(from.substr(16)));
    one.set("version", get8(from, 0) >> 4);
    one.set("ihl", get8(from, 0) & 15U);
    one.set("tos", get8(from, 1));
    one.set("length", get16(from, 2));
    one.set("id", get16(from, 4));
    one.set("df", fragment >> 14 & 1U);
    one.set("mf", fragment >> 13 & 1U);
    one.set("offset", (fragment & 0x1fffU) * 8);
    one.set("ttl", get8(from, 8));
    one.set("proto", get8(from, 9));
    one.set("options", std::string{from.substr(20, header - 20)});
    one.set("checksum", verdict(checksum_of(from.substr(0, header)) == 0));
    const std::string_view payload = from.substr(header, length - header);
    const std::string pseudo =
        std::string{from.substr(12, 8)} + byte(0) + byte(get8(from, 9)) + be16(payload.size());
    const unsigned protocol = get8(from, 9);
    if ((fragment & 0x3fffU) != 0) {
      one.set("data", std::string{payload});
    } else if (protocol == 1 && payload.size() >= 8) {
      icmp(payload);
    } else if (protocol == 17 && payload.size() >= 8) {
      udp(payload, pseudo);
    } else if (protocol == 6 && payload.size() >= (quoted_ ? 8U : 20U)) {
      tcp(payload, pseudo);
    } else {
      one.set("data", std::string{payload});
    }
  }

  void icmp(std::string_view from) {
    const unsigned type = get8(from, 0);
    layer& one = add("icmp");
    one.set("type", type);
    one.set("code", get8(from, 1));
    one.set("checksum", verdict(checksum_of(from) == 0));
    const std::string_view rest = from.substr(8);
    if ((type == 3 || type == 11) && rest.size() >= 20 && !quoted_) {
      one.set("mtu", get16(from, 6));
      quoted_ = true;
      return ipv4(rest);
    }
    one.set("id", get16(from, 4));
    one.set("seq", get16(from, 6));
    if (type == 8) learn_echo(from);
    one.set("data", std::string{rest});
  }
  void learn_echo(std::string_view from) {
    numbers_.echo_id = get16(from, 4);
    numbers_.echo_seq = get16(from, 6);
  }

  // ---- IPv6 ----

  void ipv6(std::string_view from) {
    const std::size_t length = std::min<std::size_t>(get16(from, 4), from.size() - 40);
    layer& one = add("ipv6");
    one.set("src", ip6_text(from.substr(8)));
    one.set("dst", ip6_text(from.substr(24)));
    one.set("version", get8(from, 0) >> 4);
    one.set("class", get16(from, 0) >> 4 & 0xffU);
    one.set("flow", get32(from, 0) & 0xfffffU);
    one.set("length", get16(from, 4));
    one.set("next", get8(from, 6));
    one.set("hops", get8(from, 7));
    chain(get8(from, 6), from.substr(40, length), std::string{from.substr(8, 32)});
  }

  // Header by header; what cannot be understood is data of the layer before.
  void chain(unsigned next, std::string_view from, const std::string& ends) {
    while (from.size() >= 8 && (next == 0 || next == 43 || next == 44 || next == 60)) {
      layer& one = add(next == 0    ? "hop-by-hop"
                       : next == 43 ? "routing"
                       : next == 44 ? "fragment"
                                    : "destination");
      const std::size_t length = next == 44 ? 8 : std::min(8 * (get8(from, 1) + 1UL), from.size());
      one.set("next", get8(from, 0));
      if (next == 44) {
        one.set("offset", get16(from, 2) & 0xfff8U);
        one.set("mf", get16(from, 2) & 1U);
        one.set("id", get32(from, 4));
      } else {
        one.set("options", std::string{from.substr(2, length - 2)});
        if (next == 0) one.set("router-alert", from.substr(2, 4) == be32(0x05020000) ? 1UL : 0UL);
      }
      if (next == 44 && (get16(from, 2) & 0xfff9U) != 0)
        return one.set("data", std::string{from.substr(length)});
      next = get8(from, 0);
      from.remove_prefix(length);
    }
    const std::string pseudo = ends + be32(from.size()) + be32(next);
    if (next == 58 && from.size() >= 8) {
      icmp6(from, pseudo);
    } else if (next == 17 && from.size() >= 8) {
      udp(from, pseudo);
    } else if (next == 6 && from.size() >= (quoted_ ? 8U : 20U)) {
      tcp(from, pseudo);
    } else {
      made_.layers.back().set("data", std::string{from});
    }
  }

  void icmp6(std::string_view from, const std::string& pseudo) {
    const unsigned type = get8(from, 0);
    const std::string right = verdict(checksum_of(pseudo + std::string{from}) == 0);
    const std::size_t before = made_.layers.size();
    if (decode_discovery(from, made_)) return made_.layers[before].set("checksum", right);
    layer& one = add("icmp6");
    one.set("type", type);
    one.set("code", get8(from, 1));
    one.set("checksum", right);
    const std::string_view rest = from.substr(8);
    if (type == 2) one.set("mtu", get32(from, 4));
    if (type == 4) one.set("pointer", get32(from, 4));
    if (type < 128 && rest.size() >= 40 && !quoted_) {
      quoted_ = true;
      return ipv6(rest);
    }
    one.set("id", get16(from, 4));
    one.set("seq", get16(from, 6));
    if (type == 128) learn_echo(from);
    one.set("data", std::string{rest});
  }

  // ---- Above ----

  void udp(std::string_view from, const std::string& pseudo) {
    layer& one = add("udp");
    one.set("src", get16(from, 0));
    one.set("dst", get16(from, 2));
    one.set("length", get16(from, 4));
    const bool right = checksum_of(pseudo + std::string{from}) == 0;
    one.set("checksum", get16(from, 6) == 0 ? "none" : verdict(right));
    one.set("data", std::string{from.substr(8)});
  }

  void tcp(std::string_view from, const std::string& pseudo) {
    layer& one = add("tcp");
    one.set("src", get16(from, 0));
    one.set("dst", get16(from, 2));
    learnt_numbers::connection& there = numbers_.connections[{get16(from, 0), get16(from, 2)}];
    if (quoted_ || from.size() < 20) return one.set("seq", get32(from, 4) - there.host_first);
    const unsigned bits = get8(from, 13);
    std::string flags;
    for (unsigned i = 0; i < 8; ++i)
      if ((bits >> i & 1U) != 0) flags += std::string_view("FSRPAUEW")[i];
    if ((bits & 2U) != 0) there.host_first = get32(from, 4);
    if (bits == 2U || bits == 0xc2U) numbers_.connecting_port = get16(from, 0);
    const std::size_t header = std::clamp<std::size_t>((get8(from, 12) >> 4) * 4, 20, from.size());
    one.set("flags", flags.empty() ? "." : flags);
    one.set("seq", get32(from, 4) - there.host_first);
    one.set("ack", (bits & 16U) != 0 ? get32(from, 8) - learnt_numbers::peer_first : get32(from, 8));
    one.set("win", get16(from, 14));
    one.set("urg", get16(from, 18));
    one.set("checksum", verdict(checksum_of(pseudo + std::string{from}) == 0));
    tcp_options(one, from.substr(20, header - 20), there);
    one.set("data", std::string{from.substr(header)});
  }
  static void tcp_options(layer& one, std::string_view from, learnt_numbers::connection& there) {
    for (std::size_t at = 0; at < from.size();) {
      const unsigned kind = get8(from, at);
      if (kind == 0) return;
      if (kind == 1) {
        ++at;
        continue;
      }
      if (at + 1 >= from.size()) return;
      const std::size_t length = get8(from, at + 1);
      if (length < 2 || at + length > from.size()) return one.set("options", "bad");
      const std::string_view value = from.substr(at + 2, length - 2);
      if (kind == 2 && length == 4) one.set("mss", get16(value, 0));
      if (kind == 3 && length == 3) one.set("wscale", get8(value, 0));
      if (kind == 4) one.set("sack-ok", 1);
      if (kind == 8 && length == 10) {
        there.last_tsval = get32(value, 0);
        one.set("tsval", get32(value, 0));
        one.set("tsecr", get32(value, 4));
      }
      if (kind == 5) one.set("sack", sack_blocks(value));
      at += length;
    }
  }
  static std::string sack_blocks(std::string_view from) {
    std::string text;
    for (std::size_t at = 0; at + 8 <= from.size(); at += 8)
      text += fmt::format("{}{}-{}", at == 0 ? "" : ",", get32(from, at) - learnt_numbers::peer_first,
                          get32(from, at + 4) - learnt_numbers::peer_first);
    return text;
  }

  learnt_numbers& numbers_;
  packet made_;
  bool quoted_ = false;
};

}  // namespace

packet decode(const std::string& frame, learnt_numbers& numbers) { return decoder(numbers).frame(frame); }

}  // namespace mirage::scripts
