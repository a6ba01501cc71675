// SPDX-License-Identifier: ISC
// From the innermost layer outwards.
#include "checksum.hpp"
#include "discovery_message.hpp"
#include "ipv6_words.hpp"
#include "mirage/core/address.hpp"
#include "wire.hpp"

namespace mirage::scripts {

namespace {

std::string ip_bytes(const std::string& text) {
  std::string made(4, '\0');
  ipv4_address::parse(text).value_or(ipv4_address{}).store(reinterpret_cast<std::byte*>(made.data()));
  return made;
}

// `bad` is what is wrong by one bit.
std::uint16_t wanted_checksum(const layer& of, std::uint16_t right) {
  const std::string given = of.get("checksum", "right");
  if (given == "right" || given == "ok") return right;
  if (given == "bad") return right ^ 0x0100;
  if (given == "none") return 0;
  return static_cast<std::uint16_t>(std::stoul(given, nullptr, 0));
}

class encoder {
 public:
  // `outward`: the host sends it.
  encoder(const packet& what, const stations& who, const learnt_numbers& numbers, bool outward)
      : what_(what), who_(who), numbers_(numbers), outward_(outward) {}

  std::string frame() {
    const bool has_eth = !what_.layers.empty() && what_.layers[0].kind == "eth";
    const layer none{"eth", {}};
    const layer& eth = has_eth ? what_.layers[0] : none;
    const std::size_t next = has_eth ? 1 : 0;
    const std::string kind = next < what_.layers.size() ? what_.layers[next].kind : "";
    const std::string rest = from(next) + eth.get("data");
    std::string made =
        mac_bytes(eth.get("dst", usual_station(next))) + mac_bytes(eth.get("src", who_.peer_mac));
    if (eth.has("vlan")) made += be16(0x8100) + be16(eth.number("vlan"));
    const unsigned long type = kind == "arp" ? 0x0806 : kind == "ipv6" ? 0x86dd : 0x0800;
    made += be16(eth.number("type", type)) + rest;
    if (eth.has("cut")) made.resize(std::min(made.size(), eth.number("cut")));
    return made + std::string(eth.number("pad"), '\0');
  }

  std::string from(std::size_t index) {
    if (index >= what_.layers.size()) return {};
    const layer& one = what_.layers[index];
    if (one.kind == "arp") return arp(one);
    if (one.kind == "ipv4") return ipv4(one, index);
    if (one.kind == "icmp") return icmp(one, index);
    if (one.kind == "udp") return udp(one);
    if (one.kind == "tcp") return tcp(one);
    if (one.kind == "ipv6") return ipv6(one, index);
    if (one.kind == "icmp6") return icmp6(one, index);
    if (is_extension(one)) return extension(one, index);
    std::string made = encode_discovery(what_, index, who_);
    return finished_icmp6(one, made);
  }

  /// What stands behind one layer.
  std::string behind(std::size_t index) {
    wanted_behind_ = index;
    from(0);
    return behind_;
  }

 private:
  [[nodiscard]] std::string usual_station(std::size_t next) const {
    if (next < what_.layers.size()) {
      const layer& one = what_.layers[next];
      if (one.kind == "arp" && one.number("op") == 1) return "ff:ff:ff:ff:ff:ff";
      if (one.kind == "ipv6") {
        const std::string to = one.get("dst", usual_ends(what_, next, outward_, who_, numbers_).destination);
        if (is_group(to)) return station_of_group(to);
      }
    }
    return who_.host_mac;
  }

  std::string arp(const layer& one) const {
    return be16(one.number("htype", 1)) + be16(one.number("ptype", 0x0800)) + byte(one.number("hlen", 6)) +
           byte(one.number("plen", 4)) + be16(one.number("op", 1)) +
           mac_bytes(one.get("sha", who_.peer_mac)) + ip_bytes(one.get("spa", who_.peer_ip)) +
           mac_bytes(one.get("tha", one.number("op", 1) == 1 ? "00:00:00:00:00:00" : who_.host_mac)) +
           ip_bytes(one.get("tpa", who_.host_ip));
  }

  std::string ipv4(const layer& one, std::size_t index) {
    // Inside of an error message stands what the host had sent.
    const bool outward = outward_ != quoted_;
    source_ = ip_bytes(one.get("src", outward ? who_.host_ip : who_.peer_ip));
    destination_ = ip_bytes(one.get("dst", outward ? who_.peer_ip : who_.host_ip));
    const std::string kind = index + 1 < what_.layers.size() ? what_.layers[index + 1].kind : "";
    protocol_ = one.number("proto", kind == "icmp" ? 1 : kind == "tcp" ? 6 : 17);
    const std::string source = source_;
    const std::string destination = destination_;
    const unsigned long protocol = protocol_;
    std::string payload = from(index + 1) + one.get("data");
    if (index == wanted_behind_) behind_ = payload;
    unsigned long offset = one.number("offset");
    bool more = one.has("mf");
    if (one.has("piece")) cut(one.get("piece"), payload, offset, more);

    std::string options = one.get("options");
    options.resize((options.size() + 3) / 4 * 4, '\0');
    const std::size_t header = 20 + options.size();
    std::string made =
        byte(one.number("version", 4) << 4 | one.number("ihl", header / 4)) + byte(one.number("tos")) +
        be16(one.number("length", header + payload.size())) + be16(one.number("id", 1)) +
        be16((one.has("df") ? 0x4000UL : 0UL) | (more ? 0x2000UL : 0UL) | offset / 8) +
        byte(one.number("ttl", 64)) + byte(protocol) + be16(0) + source + destination + options;
    set16(made, 10, wanted_checksum(one, checksum_of(made)));
    return made + payload;
  }
  static void cut(const std::string& piece, std::string& payload, unsigned long& offset, bool& more) {
    const std::size_t begin = std::stoul(piece);
    const std::size_t end =
        std::min<std::size_t>(std::stoul(piece.substr(piece.find('-') + 1)), payload.size());
    offset = begin;
    more = end < payload.size();
    payload = payload.substr(std::min(begin, end), end - std::min(begin, end));
  }

  std::string icmp(const layer& one, std::size_t index) {
    const unsigned long type = one.number("type", 8);
    std::string made = byte(type) + byte(one.number("code")) + be16(0);
    const bool is_error = type == 3 || type == 11;
    made += is_error ? be16(0) + be16(one.number("mtu")) : be16(one.number("id")) + be16(one.number("seq"));
    quoted_ = true;
    made += from(index + 1) + one.get("data");
    quoted_ = false;
    set16(made, 2, wanted_checksum(one, checksum_of(made)));
    return made;
  }

  // ---- IPv6 ----

  std::string ipv6(const layer& one, std::size_t index) {
    const bool outward = outward_ != quoted_;
    const ip6_ends usual = usual_ends(what_, index, outward, who_, numbers_);
    source_ = ip6_bytes(one.get("src", usual.source));
    destination_ = ip6_bytes(one.get("dst", usual.destination));
    protocol_ = next_header_of(upper_layer_of(what_, index));
    const std::string ends = source_ + destination_;
    const std::string payload = from(index + 1) + one.get("data");
    return be32(one.number("version", 6) << 28 | one.number("class") << 20 | one.number("flow")) +
           be16(one.number("length", payload.size())) + byte(next(one, index)) +
           byte(one.number("hops", usual.hops)) + ends + payload;
  }
  // Of what follows.
  [[nodiscard]] unsigned long next(const layer& one, std::size_t index) const {
    const bool is_last = index + 1 == what_.layers.size();
    return one.number("next", next_header_of(is_last ? nullptr : &what_.layers[index + 1]));
  }

  std::string extension(const layer& one, std::size_t index) {
    std::string payload = from(index + 1) + one.get("data");
    if (one.kind == "fragment") {
      if (index == wanted_behind_) behind_ = payload;
      unsigned long offset = one.number("offset");
      bool more = one.has("mf");
      if (one.has("piece")) cut(one.get("piece"), payload, offset, more);
      const unsigned long place = offset / 8 << 3 | one.number("reserved") << 1 | (more ? 1UL : 0UL);
      return byte(next(one, index)) + byte(0) + be16(place) + be32(one.number("id", 1)) + payload;
    }
    std::string inside = one.get("options");
    if (one.has("router-alert")) inside += be32(0x05020000);
    if (one.kind == "routing") {
      inside = byte(one.number("type")) + byte(one.number("left")) + one.get("data");
      payload = from(index + 1);
    }
    inside.resize((inside.size() + 2 + 7) / 8 * 8 - 2, '\0');
    return byte(next(one, index)) + byte(one.number("length", (inside.size() + 2) / 8 - 1)) + inside +
           payload;
  }

  std::string icmp6(const layer& one, std::size_t index) {
    const unsigned long type = one.number("type", 128);
    std::string made = byte(type) + byte(one.number("code")) + be16(0);
    made += type == 2   ? be32(one.number("mtu"))
            : type == 4 ? be32(one.number("pointer"))
                        : be16(one.number("id")) + be16(one.number("seq"));
    const std::string source = source_;
    const std::string destination = destination_;
    quoted_ = true;
    made += from(index + 1) + one.get("data");
    quoted_ = false;
    source_ = source;
    destination_ = destination;
    protocol_ = next_header_of(&one);
    return finished_icmp6(one, made);
  }
  std::string finished_icmp6(const layer& one, std::string& made) const {
    if (one.has("cut")) made.resize(std::min(made.size(), one.number("cut")));
    if (made.size() >= 4) set16(made, 2, wanted_checksum(one, checksum_of(with_pseudo_header(made))));
    return made;
  }

  // ---- Above ----

  std::string with_pseudo_header(const std::string& segment) const {
    if (source_.size() == 16)
      return source_ + destination_ + be32(segment.size()) + be32(protocol_) + segment;
    return source_ + destination_ + byte(0) + byte(protocol_) + be16(segment.size()) + segment;
  }

  std::string udp(const layer& one) const {
    const std::string data = one.get("data");
    std::string made = be16(one.number("src")) + be16(one.number("dst")) +
                       be16(one.number("length", 8 + data.size())) + be16(0) + data;
    const std::uint16_t right = checksum_of(with_pseudo_header(made));
    set16(made, 6, wanted_checksum(one, right == 0 ? 0xffff : right));
    return made;
  }

  std::string tcp(const layer& one) const {
    const bool outward = outward_ != quoted_;
    const auto known = numbers_.connections.find(outward ? std::pair(port(one, "src"), port(one, "dst"))
                                                         : std::pair(port(one, "dst"), port(one, "src")));
    const learnt_numbers::connection there =
        known == numbers_.connections.end() ? learnt_numbers::connection{} : known->second;
    const unsigned long first = outward ? there.host_first : learnt_numbers::peer_first;
    const unsigned long other = outward ? learnt_numbers::peer_first : there.host_first;
    const std::string flags = one.get("flags", "A");
    const unsigned long ack = one.has("ack") || flags.find('A') != flags.npos ? one.number("ack") + other : 0;
    const std::string options = tcp_options(one, other, there.last_tsval);
    std::string made = be16(one.number("src")) + be16(one.number("dst")) + be32(one.number("seq") + first) +
                       be32(ack) + byte((20 + options.size()) / 4 << 4) + byte(flag_bits(flags)) +
                       be16(one.number("win", 65535)) + be16(0) + be16(one.number("urg")) + options +
                       one.get("data");
    set16(made, 16, wanted_checksum(one, checksum_of(with_pseudo_header(made))));
    return made;
  }
  static unsigned port(const layer& one, std::string_view which) {
    return static_cast<unsigned>(one.number(which));
  }
  static unsigned long flag_bits(const std::string& flags) {
    unsigned long bits = 0;
    for (const char flag : flags)
      if (const auto at = std::string_view("FSRPAUEW").find(flag); at != std::string_view::npos)
        bits |= 1UL << at;
    return bits;
  }
  static std::string tcp_options(const layer& one, unsigned long acked_first, unsigned long last_tsval) {
    std::string made = one.get("options");
    if (one.has("mss")) made += byte(2) + byte(4) + be16(one.number("mss"));
    if (one.has("sack-ok")) made += byte(4) + byte(2);
    if (one.has("wscale")) made += byte(3) + byte(3) + byte(one.number("wscale"));
    if (one.has("tsval")) {
      const std::string echo = one.get("tsecr", "last");
      made += byte(8) + byte(10) + be32(one.number("tsval")) +
              be32(echo == "last" ? last_tsval : std::stoul(echo));
    }
    if (one.has("sack")) {
      // `1000-2000,3000-4000`
      std::string blocks;
      std::string text = one.get("sack");
      for (std::size_t at = 0; at != text.npos && !text.empty();) {
        blocks += be32(std::stoul(text) + acked_first) +
                  be32(std::stoul(text.substr(text.find('-') + 1)) + acked_first);
        at = text.find(',');
        text = at == text.npos ? "" : text.substr(at + 1);
      }
      made += byte(5) + byte(2 + blocks.size()) + blocks;
    }
    while (made.size() % 4 != 0) made += byte(1);
    return made;
  }

  const packet& what_;
  const stations& who_;
  const learnt_numbers& numbers_;
  bool outward_;
  bool quoted_ = false;
  std::size_t wanted_behind_ = static_cast<std::size_t>(-1);
  std::string behind_;
  std::string source_;
  std::string destination_;
  unsigned long protocol_ = 0;
};

}  // namespace

packet resolved(packet what, const learnt_numbers& numbers) {
  const auto settle = [](layer& one, std::string_view name, unsigned last) {
    if (one.get(name) == "same") one.set(name, last);
  };
  for (layer& one : what.layers) {
    for (field& each : one.fields) {
      const auto learnt = numbers.names.find(each.value);
      if (learnt != numbers.names.end()) each.value = learnt->second;
    }
    if (one.kind == "icmp" || one.kind == "icmp6") settle(one, "id", numbers.echo_id);
    if (one.kind == "icmp" || one.kind == "icmp6") settle(one, "seq", numbers.echo_seq);
    if (one.kind == "tcp") settle(one, "src", numbers.connecting_port);
    if (one.kind == "tcp") settle(one, "dst", numbers.connecting_port);
  }
  return what;
}

std::string encode(const packet& what, const stations& who, const learnt_numbers& numbers) {
  return encoder(what, who, numbers, false).frame();
}

std::string encode_behind(const packet& what, std::size_t at, const stations& who,
                          const learnt_numbers& numbers) {
  packet whole = what;
  if (whole.layers.at(0).kind == "eth") {
    whole.layers.erase(whole.layers.begin());
    --at;
  }
  std::erase_if(whole.layers.at(at).fields, [](const field& each) { return each.name == "piece"; });
  return encoder(whole, who, numbers, true).behind(at);
}

}  // namespace mirage::scripts
