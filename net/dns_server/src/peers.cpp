// SPDX-License-Identifier: ISC
#include "mirage/dns_server/peers.hpp"

#include <algorithm>

namespace mirage::dns {

namespace {

constexpr std::uint16_t dns_port = 53;

/// Takes `#KEY` from the end of the text; false when it is no name.
bool take_key(std::string_view& text, std::optional<name>& key) noexcept {
  const std::size_t mark = text.find('#');
  if (mark == std::string_view::npos) return true;
  const auto id = name::parse(text.substr(mark + 1));
  text = text.substr(0, mark);
  if (id) key = *id;
  return id.has_value();
}

constexpr std::string_view bad_key = "behind # stands the name of a key";

}  // namespace

result<transfer_rule, std::string_view> transfer_rule::parse(std::string_view text) noexcept {
  transfer_rule rule;
  if (!take_key(text, rule.key)) return fail(bad_key);
  if (text.empty() && rule.key) return rule;
  if (const auto prefix = ip_prefix::parse(text)) {
    rule.from = prefix->network();
  } else if (const auto address = ip_address::parse(text)) {
    if (address->is_v4())
      rule.from = ip_prefix(ipv4_prefix(address->v4(), 32));
    else
      rule.from = ip_prefix(ipv6_prefix(address->v6(), 128));
  } else {
    return fail("an address, a network or #KEY was expected");
  }
  return rule;
}

bool transfer_rule::allows(const ip_address& client, const tsig_key* signer) const noexcept {
  if (from && !from->contains(client)) return false;
  return !key || (signer != nullptr && signer->id == *key);
}

result<peer, std::string_view> peer::parse(std::string_view text) noexcept {
  peer made;
  if (!take_key(text, made.key)) return fail(bad_key);
  if (const auto address = ip_address::parse(text))
    made.at = {*address, dns_port};
  else if (const auto end = endpoint::parse(text))
    made.at = *end;
  else
    return fail("the address of a server was expected");
  return made;
}

const tsig_key* key_ring::find(name_view id) const noexcept {
  const auto found = std::ranges::find_if(keys_, [&](const tsig_key& each) { return each.id.view() == id; });
  return found == keys_.end() ? nullptr : &*found;
}

}  // namespace mirage::dns
