// SPDX-License-Identifier: ISC
#include "ipv6_words.hpp"

#include <array>

#include "checksum.hpp"
#include "mirage/core/format.hpp"

namespace mirage::scripts {

namespace {

struct numbered {
  std::string_view kind;
  unsigned long number;
};
constexpr numbered extensions[] = {{"hop-by-hop", 0}, {"routing", 43}, {"fragment", 44}, {"destination", 60}};
constexpr unsigned long icmp6 = 58;
constexpr unsigned long nothing = 59;

}  // namespace

std::string text_of(const ipv6_address& address) {
  std::array<char, 64> room{};
  text_writer out(room);
  format_to(out, "{}", address);
  return std::string{out.text()};
}

std::string ip6_text(std::string_view wire) {
  return text_of(ipv6_address::load(reinterpret_cast<const std::byte*>(wire.data())));
}

std::string ip6_bytes(const std::string& text) {
  std::string made(16, '\0');
  ipv6_address::parse(text).value_or(ipv6_address{}).store(reinterpret_cast<std::byte*>(made.data()));
  return made;
}

bool is_group(const std::string& text) { return ip6_bytes(text)[0] == '\xff'; }

std::string solicited_node_of(const std::string& text) {
  const std::string group = ip6_bytes("ff02::1:ff00:0").substr(0, 13) + ip6_bytes(text).substr(13);
  return ip6_text(group);
}

std::string station_of_group(const std::string& text) {
  const std::string group = ip6_bytes(text);
  return fmt::format("33:33:{:02x}:{:02x}:{:02x}:{:02x}", get8(group, 12), get8(group, 13), get8(group, 14),
                     get8(group, 15));
}

bool is_extension(const layer& one) {
  for (const numbered& each : extensions)
    if (each.kind == one.kind) return true;
  return false;
}

unsigned long next_header_of(const layer* one) {
  if (one == nullptr) return nothing;
  for (const numbered& each : extensions)
    if (each.kind == one->kind) return each.number;
  return one->kind == "udp" ? 17 : one->kind == "tcp" ? 6 : one->kind == "ipv6" ? 41 : icmp6;
}

const layer* upper_layer_of(const packet& all, std::size_t at) {
  for (++at; at < all.layers.size(); ++at)
    if (!is_extension(all.layers[at])) return &all.layers[at];
  return nullptr;
}

ip6_ends usual_ends(const packet& all, std::size_t at, bool outward, const stations& who,
                    const learnt_numbers& numbers) {
  const layer* const upper = upper_layer_of(all, at);
  const std::string kind = upper == nullptr ? "" : upper->kind;
  const auto learnt = numbers.names.find("$link");
  const std::string host_link = learnt == numbers.names.end() ? "::" : learnt->second;
  const std::string& ours = outward ? host_link : who.peer_link;
  const std::string& theirs = outward ? who.peer_link : host_link;
  if (kind == "ns") {
    // From where the packets to the neighbour come.
    const std::string target = upper->get("target");
    return {outward && !target.starts_with("fe80:") ? who.host_ip6 : ours, solicited_node_of(target), 255};
  }
  if (kind == "na") return {outward ? upper->get("target") : ours, theirs, 255};
  if (kind == "rs") return {ours, "ff02::2", 255};
  if (kind == "ra") return {ours, "ff02::1", 255};
  if (kind == "redirect") return {ours, who.host_ip6, 255};
  if (kind == "query") return {ours, upper->get("group", "ff02::1"), 1};
  if (kind == "report") return {ours, "ff02::16", 1};
  if (outward) return {who.host_ip6, who.peer_ip6, 64};
  return {who.peer_ip6, who.host_ip6, 64};
}

}  // namespace mirage::scripts
