// SPDX-License-Identifier: ISC
#include "compare.hpp"

#include <algorithm>

#include "wire.hpp"

namespace mirage::scripts {

namespace {

void expect(layer& of, std::string_view name, const std::string& value) {
  if (!of.has(name)) of.fields.push_back({std::string{name}, value});
}

bool has_value(const std::string& wanted, const std::string& seen) {
  if (wanted == "*") return true;
  const auto dots = wanted.find("..");
  const bool is_range = dots != wanted.npos && wanted.find_first_not_of("0123456789.") == wanted.npos;
  if (!is_range || dots == 0 || wanted.find('.', dots + 2) != wanted.npos) return wanted == seen;
  const bool is_number = !seen.empty() && seen.find_first_not_of("0123456789") == seen.npos;
  return is_number && std::stoul(wanted) <= std::stoul(seen) &&
         std::stoul(seen) <= std::stoul(wanted.substr(dots + 2));
}

bool reports(const layer& one) {
  return one.kind == "icmp" && (one.number("type") == 3 || one.number("type") == 11);
}
bool quotes(const packet& all) { return std::ranges::any_of(all.layers, reports); }

// A piece is compared byte by byte, whatever it is a piece of.
void settle_piece(packet& wanted, std::size_t at, const stations& who, const learnt_numbers& numbers) {
  layer& ipv4 = wanted.layers[at];
  const std::string piece = ipv4.get("piece");
  const std::string whole = encode_payload(wanted, who, numbers);
  const std::size_t begin = std::stoul(piece);
  const std::size_t end = std::min<std::size_t>(std::stoul(piece.substr(piece.find('-') + 1)), whole.size());
  std::erase_if(ipv4.fields, [](const field& each) { return each.name == "piece"; });
  expect(ipv4, "df", "0");
  ipv4.set("offset", begin);
  ipv4.set("mf", end < whole.size() ? "1" : "0");
  ipv4.set("data", whole.substr(std::min(begin, end), end - std::min(begin, end)));
  wanted.layers.resize(at + 1);
}

packet completed(packet wanted, const stations& who, const learnt_numbers& numbers) {
  if (wanted.layers.at(0).kind != "eth") wanted.layers.insert(wanted.layers.begin(), layer{"eth", {}});
  for (std::size_t i = 1; i < wanted.layers.size(); ++i)
    if (wanted.layers[i].has("piece")) settle_piece(wanted, i, who, numbers);
  layer& eth = wanted.layers[0];
  expect(eth, "src", who.host_mac);
  for (std::size_t i = 1; i < wanted.layers.size(); ++i) {
    layer& one = wanted.layers[i];
    if (one.kind == "arp") expect(one, "sha", who.host_mac);
    if (one.kind == "ipv4") {
      expect(eth, "dst", who.peer_mac);
      expect(one, "src", who.host_ip);
      expect(one, "dst", who.peer_ip);
      expect(one, "mf", "0");
      expect(one, "offset", "0");
      expect(one, "options", "");
    }
    if (one.kind != "arp") expect(one, "checksum", "ok");
    const bool is_report = reports(one);
    if (one.kind == "udp" || one.kind == "tcp" || (one.kind == "icmp" && !is_report)) expect(one, "data", "");
    // What a report quotes is compared as far as it is written.
    if (is_report) break;
  }
  return wanted;
}

}  // namespace

std::vector<difference> compare(const packet& wanted, const packet& seen, const stations& who,
                                const learnt_numbers& numbers) {
  std::vector<difference> found;
  const packet all = completed(wanted, who, numbers);
  for (std::size_t i = 0; i < all.layers.size(); ++i) {
    const layer& one = all.layers[i];
    if (i >= seen.layers.size() || seen.layers[i].kind != one.kind) {
      found.push_back({"layer", one.kind, i < seen.layers.size() ? seen.layers[i].kind : "nothing"});
      return found;
    }
    for (const field& each : one.fields) {
      const std::string* const value = seen.layers[i].find(each.name);
      if (value != nullptr ? has_value(each.value, *value) : each.value.empty()) continue;
      found.push_back({one.kind + " " + each.name, shown(each),
                       value == nullptr ? "not there" : shown(field{each.name, *value})});
    }
  }
  if (seen.layers.size() > all.layers.size() && !quotes(all))
    found.push_back({"layer", "nothing more", seen.layers[all.layers.size()].kind});
  return found;
}

}  // namespace mirage::scripts
