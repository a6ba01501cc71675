// SPDX-License-Identifier: ISC
#include "compare.hpp"

#include <algorithm>

#include "ipv6_words.hpp"
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
  if (one.kind == "icmp6") return one.number("type", 128) < 128;
  return one.kind == "icmp" && (one.number("type") == 3 || one.number("type") == 11);
}
bool quotes(const packet& all) { return std::ranges::any_of(all.layers, reports); }

// A piece is compared byte by byte, whatever it is a piece of.
void settle_piece(packet& wanted, std::size_t at, const stations& who, const learnt_numbers& numbers) {
  layer& cut = wanted.layers[at];
  const std::string piece = cut.get("piece");
  const std::string whole = encode_behind(wanted, at, who, numbers);
  const std::size_t begin = std::stoul(piece);
  const std::size_t end = std::min<std::size_t>(std::stoul(piece.substr(piece.find('-') + 1)), whole.size());
  std::erase_if(cut.fields, [](const field& each) { return each.name == "piece"; });
  if (cut.kind == "ipv4") expect(cut, "df", "0");
  if (cut.kind == "fragment" && at + 1 < wanted.layers.size())
    expect(cut, "next", std::to_string(next_header_of(&wanted.layers[at + 1])));
  cut.set("offset", begin);
  cut.set("mf", end < whole.size() ? "1" : "0");
  cut.set("data", whole.substr(std::min(begin, end), end - std::min(begin, end)));
  wanted.layers.resize(at + 1);
}

void complete_ipv6(packet& wanted, std::size_t at, const stations& who, const learnt_numbers& numbers) {
  layer& one = wanted.layers[at];
  const ip6_ends usual = usual_ends(wanted, at, true, who, numbers);
  expect(one, "src", usual.source);
  expect(one, "dst", usual.destination);
  if (usual.hops != 64) expect(one, "hops", std::to_string(usual.hops));
  const std::string to = one.get("dst");
  expect(wanted.layers[0], "dst", is_group(to) ? station_of_group(to) : who.peer_mac);
}

bool has_checksum(const layer& one) {
  constexpr std::string_view with[] = {"ipv4", "icmp", "udp", "tcp", "icmp6", "ns", "na", "rs", "report"};
  return std::ranges::find(with, one.kind) != std::end(with);
}

packet completed(packet wanted, const stations& who, const learnt_numbers& numbers) {
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
    if (one.kind == "ipv6") complete_ipv6(wanted, i, who, numbers);
    if (one.kind == "fragment") expect(one, "mf", "0");
    if (one.kind == "fragment") expect(one, "offset", "0");
    if (one.kind == "record") expect(one, "sources", "");
    if (one.kind == "record") expect(one, "auxiliary", "0");
    if (one.kind == "ns" || one.kind == "na" || one.kind == "rs" || one.kind == "report")
      expect(one, "reserved", "0");
    if (one.kind == "na")
      for (const std::string_view flag : {"router", "solicited", "override"}) expect(one, flag, "0");
    if (has_checksum(one)) expect(one, "checksum", "ok");
    const bool is_report = reports(one);
    const bool is_echo = (one.kind == "icmp" || one.kind == "icmp6") && !is_report;
    if (one.kind == "udp" || one.kind == "tcp" || is_echo) expect(one, "data", "");
    // What a report quotes is compared as far as it is written.
    if (is_report) break;
  }
  return wanted;
}

// A name that is not known yet is the host's to choose: it is what stands in its place, unless another is
// that.
void learn_names(packet& wanted, const packet& seen, learnt_numbers& numbers) {
  if (wanted.layers.at(0).kind != "eth") wanted.layers.insert(wanted.layers.begin(), layer{"eth", {}});
  const auto is_taken = [&](const std::string& value) {
    return std::ranges::any_of(numbers.names, [&](const auto& each) { return each.second == value; });
  };
  for (std::size_t i = 0; i < std::min(wanted.layers.size(), seen.layers.size()); ++i)
    for (field& each : wanted.layers[i].fields) {
      const std::string* const there = seen.layers[i].find(each.name);
      if (!each.value.starts_with('$') || each.name == "data" || there == nullptr) continue;
      if (!numbers.names.contains(each.value) && is_taken(*there)) continue;
      each.value = numbers.names.try_emplace(each.value, *there).first->second;
    }
}

}  // namespace

std::vector<difference> compare(packet wanted, const packet& seen, const stations& who,
                                learnt_numbers& numbers) {
  std::vector<difference> found;
  learn_names(wanted, seen, numbers);
  const packet all = completed(std::move(wanted), who, numbers);
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
