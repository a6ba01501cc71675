// SPDX-License-Identifier: ISC
#include "mirage/ipv6/selection.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace mirage {

namespace {

struct policy_line {
  ipv6_prefix network;
  address_policy policy;
};
constexpr std::array<policy_line, 9> default_policy{{
    {"::1/128", {50, 0}},
    {"::ffff:0:0/96", {35, 4}},
    {"::/96", {1, 3}},
    {"2001::/32", {5, 5}},
    {"2002::/16", {30, 2}},
    {"3ffe::/16", {1, 12}},
    {"fec0::/10", {1, 11}},
    {"fc00::/7", {3, 13}},
    {"::/0", {40, 1}},
}};  // the longest first

[[nodiscard]] unsigned common_bits(const ipv6_address& one, const ipv6_address& other) noexcept {
  const int high = std::countl_zero(one.high() ^ other.high());
  return static_cast<unsigned>(high < 64 ? high : 64 + std::countl_zero(one.low() ^ other.low()));
}

/// Whether `a` is to be tried before `b`.
[[nodiscard]] bool is_better_destination(const destination_candidate& a,
                                         const destination_candidate& b) noexcept {
  if (a.source.has_value() != b.source.has_value()) return a.source.has_value();  // rule 1
  const ipv6_address to_a = a.destination.as_v6();
  const ipv6_address to_b = b.destination.as_v6();
  if (a.source && b.source) {
    const ipv6_address from_a = a.source->as_v6();
    const ipv6_address from_b = b.source->as_v6();
    const bool scope_fits_a = scope_of(to_a) == scope_of(from_a);
    const bool scope_fits_b = scope_of(to_b) == scope_of(from_b);
    if (scope_fits_a != scope_fits_b) return scope_fits_a;  // rule 2
    if (a.deprecated != b.deprecated) return b.deprecated;  // rule 3
    const bool label_fits_a = policy_of(to_a).label == policy_of(from_a).label;
    const bool label_fits_b = policy_of(to_b).label == policy_of(from_b).label;
    if (label_fits_a != label_fits_b) return label_fits_a;  // rule 5
  }
  if (policy_of(to_a).precedence != policy_of(to_b).precedence)  // rule 6
    return policy_of(to_a).precedence > policy_of(to_b).precedence;
  if (scope_of(to_a) != scope_of(to_b)) return scope_of(to_a) < scope_of(to_b);  // rule 8
  if (a.source && b.source && a.destination.is_v6() && b.destination.is_v6())    // rule 9
    return common_bits(to_a, a.source->as_v6()) > common_bits(to_b, b.source->as_v6());
  return false;
}

}  // namespace

address_policy policy_of(const ipv6_address& address) noexcept {
  return std::ranges::find_if(default_policy,
                              [&](const policy_line& each) { return each.network.contains(address); })
      ->policy;
}

unsigned scope_of(const ipv6_address& address) noexcept {
  constexpr unsigned link = 2;
  constexpr unsigned site = 5;
  constexpr unsigned world = 14;
  if (address.is_multicast()) return static_cast<unsigned>(address.high() >> 48 & 0xf);
  if (const auto inner = address.v4()) return inner->is_link_local() || inner->is_loopback() ? link : world;
  if (address.is_link_local() || address.is_loopback()) return link;
  return address.high() >> 54 == 0xfec0 >> 6 ? site : world;
}

bool is_better_source(const own_address& a, const own_address& b, const ipv6_address& to,
                      instant now) noexcept {
  if ((a.address() == to) != (b.address() == to)) return a.address() == to;  // rule 1
  const unsigned scope_a = scope_of(a.address());
  const unsigned scope_b = scope_of(b.address());
  if (scope_a != scope_b)  // rule 2
    return scope_a < scope_b ? scope_a >= scope_of(to) : scope_b < scope_of(to);
  const bool fresh_a = a.preferred_until > now;
  const bool fresh_b = b.preferred_until > now;
  if (fresh_a != fresh_b) return fresh_a;  // rule 3
  const std::uint8_t label = policy_of(to).label;
  const bool fits_a = policy_of(a.address()).label == label;
  const bool fits_b = policy_of(b.address()).label == label;
  if (fits_a != fits_b) return fits_a;  // rule 6
  return std::min(common_bits(a.address(), to), a.network.length()) >
         std::min(common_bits(b.address(), to), b.network.length());  // rule 8
}

const own_address* best_source(std::span<const own_address> ours, const ipv6_address& destination,
                               instant now) noexcept {
  const own_address* best = nullptr;
  for (const own_address& each : ours)
    if (!each.tentative && (best == nullptr || is_better_source(each, *best, destination, now))) best = &each;
  return best;
}

std::optional<ipv6_address> select_source(std::span<const own_address> ours, const ipv6_address& destination,
                                          instant now) noexcept {
  const own_address* best = best_source(ours, destination, now);
  if (best == nullptr) return std::nullopt;
  return best->address();
}

// By insertion, because it must be stable and asks for no memory; there are a few of them.
void order_destinations(std::span<destination_candidate> candidates) noexcept {
  for (std::size_t i = 1; i < candidates.size(); ++i)
    for (std::size_t at = i; at > 0 && is_better_destination(candidates[at], candidates[at - 1]); --at)
      std::swap(candidates[at], candidates[at - 1]);
}

}  // namespace mirage
