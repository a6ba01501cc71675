// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/server_table.hpp"

#include <algorithm>
#include <utility>

namespace mirage {

namespace {

constexpr duration unknown = 30ms;
constexpr duration least_penalty = 400ms;
constexpr duration greatest = 10s;
constexpr duration forgotten_after = 15min;
constexpr duration least_patience = 400ms;
constexpr duration greatest_patience = 2s;

}  // namespace

dns_server_state& dns_server_table::of(const ip_address& server, instant now) {
  if (servers_.full() && servers_.find(server) == nullptr)
    servers_ = bounded_map<ip_address, dns_server_state>(capacity_);
  dns_server_state& found = *servers_.find_or_insert(server);
  if (found.asked + forgotten_after <= now) found.smoothed = {};
  found.asked = now;
  return found;
}

void dns_server_table::answered(const ip_address& server, duration took, instant now) {
  dns_server_state& found = of(server, now);
  const bool is_first = found.smoothed == duration::zero();
  found.smoothed = std::max<duration>(is_first ? took : (7 * found.smoothed + took) / 8, 1us);
}

void dns_server_table::failed(const ip_address& server, instant now) {
  dns_server_state& found = of(server, now);
  found.smoothed = std::clamp(2 * found.smoothed, least_penalty, greatest);
}

duration dns_server_table::expected(const ip_address& server, instant now) noexcept {
  const dns_server_state* const found = servers_.find(server);
  return found == nullptr || found->asked + forgotten_after <= now ? unknown : found->smoothed;
}

duration dns_server_table::patience(const ip_address& server, instant now) noexcept {
  return std::clamp(4 * expected(server, now), least_patience, greatest_patience);
}

void dns_server_table::order(std::span<ip_address> servers, instant now, std::uint64_t random) noexcept {
  if (servers.empty()) return;
  std::ranges::rotate(servers, servers.begin() + static_cast<std::ptrdiff_t>(random % servers.size()));
  // Few, so sorted by insertion, which keeps equals in their order.
  for (std::size_t i = 1; i < servers.size(); ++i)
    for (std::size_t j = i; j > 0 && expected(servers[j], now) < expected(servers[j - 1], now); --j)
      std::swap(servers[j], servers[j - 1]);
}

}  // namespace mirage
