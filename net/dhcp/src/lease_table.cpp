// SPDX-License-Identifier: ISC
#include "mirage/dhcp/lease_table.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"
#include "mirage/core/hash.hpp"

namespace mirage {

namespace {

using state = dhcp_lease::state;

[[nodiscard]] bool is_over(const dhcp_lease& lease, instant now) noexcept {
  return lease.is == state::free || lease.ends <= now;
}

[[nodiscard]] bool can_be_leased(const dhcp_network& network, ipv4_address address) noexcept {
  if (!network.network.contains(address) || !dhcp_options::can_be_host(address)) return false;
  return network.network.broadcast() != address &&
         (network.network.length() > 30 || network.network.network().address() != address);
}

}  // namespace

dhcp_client_key dhcp_client_key::of(const dhcp_message& message, const dhcp_options& options) noexcept {
  std::array<std::byte, dhcp_options::greatest_value> room;
  const auto identifier = options.find(dhcp_option::client_identifier, room);
  sha256 digest;
  // An identifier has at least two bytes (RFC 2132 §9.14).
  if (identifier && identifier->size() >= 2) {
    digest.update(*identifier);
  } else {
    const std::array<std::byte, 1> type{std::byte{message.hardware_type()}};
    digest.update(type);
    digest.update(message.hardware_address());
  }
  return {digest.finish()};
}

std::uint64_t dhcp_client_key::hash(std::uint64_t seed) const noexcept {
  return hash_mix(seed, load_be64(digest.data()));
}

dhcp_lease_table::dhcp_lease_table(const dhcp_network& network,
                                   const std::vector<dhcp_reservation>& reservations, std::size_t capacity)
    : by_address_(capacity), by_client_(capacity) {
  const auto add = [&](ipv4_address address, bool reserved, mac_address mac) {
    if (leases_.size() == capacity || !can_be_leased(network, address) ||
        by_address_.find(address) != nullptr)
      return;
    *by_address_.insert(address) = static_cast<std::uint32_t>(leases_.size());
    leases_.push_back({.address = address, .reserved = reserved, .mac = mac});
  };
  for (const dhcp_reservation& each : reservations) add(each.address, true, each.mac);
  const ipv4_address least = network.network.network().address();
  const std::uint32_t first = std::max(network.first, least).value();
  const std::uint32_t last = std::min(network.last, least | ~network.network.mask()).value();
  for (std::uint64_t next = first; next <= last && leases_.size() < capacity; ++next)
    add(ipv4_address(static_cast<std::uint32_t>(next)), false, {});
}

dhcp_lease* dhcp_lease_table::of(const dhcp_client_key& client) noexcept {
  const std::uint32_t* found = by_client_.find(client);
  return found != nullptr ? &leases_[*found] : nullptr;
}

dhcp_lease* dhcp_lease_table::at(ipv4_address address) noexcept {
  const std::uint32_t* found = by_address_.find(address);
  return found != nullptr ? &leases_[*found] : nullptr;
}

// The station of a reservation may come with another identifier than before, as when a machine boots in two
// stages: it has the address all the same.
bool dhcp_lease_table::is_available(const dhcp_lease& lease, const dhcp_client_key& client, mac_address mac,
                                    instant now) noexcept {
  if (lease.is == state::declined && lease.ends > now) return false;
  if (lease.reserved) return lease.mac == mac;
  return is_over(lease, now) || (lease.known && lease.client == client);
}

dhcp_lease* dhcp_lease_table::choose(const dhcp_client_key& client, mac_address mac, ipv4_address wanted,
                                     instant now) noexcept {
  for (dhcp_lease& each : leases_) {
    if (!each.reserved) break;
    if (each.mac == mac && is_available(each, client, mac, now)) return &each;
  }
  dhcp_lease* had = of(client);
  if (had != nullptr && is_available(*had, client, mac, now)) return had;
  dhcp_lease* asked = at(wanted);
  if (asked != nullptr && is_available(*asked, client, mac, now)) return asked;
  return oldest(now);
}

dhcp_lease* dhcp_lease_table::oldest(instant now) noexcept {
  const auto rank = [now](const dhcp_lease& lease) {
    if (is_over(lease, now)) return lease.known ? 1 : 0;
    return lease.is == state::offered ? 2 : 3;
  };
  dhcp_lease* best = nullptr;
  for (dhcp_lease& each : leases_) {
    if (each.reserved || rank(each) == 3) continue;
    if (best == nullptr || rank(each) < rank(*best) || (rank(each) == rank(*best) && each.ends < best->ends))
      best = &each;
    if (rank(*best) == 0) break;
  }
  return best;
}

void dhcp_lease_table::forget_client(dhcp_lease& lease) noexcept {
  if (lease.known) by_client_.erase(lease.client);
  lease.known = false;
}

void dhcp_lease_table::assign(dhcp_lease& lease, const dhcp_client_key& client, mac_address mac,
                              dhcp_lease::state state, instant ends) noexcept {
  dhcp_lease* had = of(client);
  if (had != nullptr && had != &lease) {
    forget_client(*had);
    end(*had);
  }
  if (!lease.known || lease.client != client) {
    forget_client(lease);
    // There is room: no client is there more often than once, and no address has more than one client.
    std::uint32_t* index = by_client_.insert(client);
    require(index != nullptr, "the table of leases has more clients than addresses");
    *index = static_cast<std::uint32_t>(&lease - leases_.data());
    lease.client = client;
    lease.known = true;
  }
  if (!lease.reserved) lease.mac = mac;
  lease.is = state;
  lease.ends = ends;
}

void dhcp_lease_table::end(dhcp_lease& lease) noexcept {
  if (lease.is != state::declined) lease.is = state::free;
}

void dhcp_lease_table::decline(dhcp_lease& lease, instant ends) noexcept {
  forget_client(lease);
  lease.is = state::declined;
  lease.ends = ends;
}

std::size_t dhcp_lease_table::taken(instant now) const noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(leases_, [now](const dhcp_lease& each) { return !is_over(each, now); }));
}

}  // namespace mirage
