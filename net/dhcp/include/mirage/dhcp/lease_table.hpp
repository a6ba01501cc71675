// SPDX-License-Identifier: ISC
// The addresses of one network and who has them: RFC 2131 §4.3.1. All memory is taken when it is made, one
// record an address. A lease that is over keeps its client's name until somebody else needs the address, so
// that a client that comes back gets what it had.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/bounded_map.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/sha256.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp/server_options.hpp"
#include "mirage/dhcp/wire.hpp"

namespace mirage {

/// Who a client is: the digest of its identifier, or of its hardware address if it has none. A digest,
/// because strangers choose identifiers of any length.
struct dhcp_client_key {
  sha256_digest digest{};
  [[nodiscard]] static dhcp_client_key of(const dhcp_message& message, const dhcp_options& options) noexcept;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept;
  bool operator==(const dhcp_client_key&) const = default;
};

struct dhcp_lease {
  enum class state : std::uint8_t { free, offered, leased, declined };
  ipv4_address address{};
  state is = state::free;
  bool reserved = false;  ///< for the station `mac`
  bool known = false;     ///< `client` is who has it, or had it
  mac_address mac{};      ///< zero if it is none of Ethernet
  dhcp_client_key client{};
  instant ends{};
};

class dhcp_lease_table {
 public:
  /// At most `capacity` addresses, the reserved ones first.
  dhcp_lease_table(const dhcp_network& network, const std::vector<dhcp_reservation>& reservations,
                   std::size_t capacity);

  /// The client's, also one that is over; null if there is none.
  [[nodiscard]] dhcp_lease* of(const dhcp_client_key& client) noexcept;
  /// Null for an address that is not of this table.
  [[nodiscard]] dhcp_lease* at(ipv4_address address) noexcept;
  /// Which address the client would get: the reserved one, that which it has or had, `wanted`, one that
  /// nobody had, that which nobody has for the longest time, or that of the oldest offer. Null if all are
  /// taken.
  [[nodiscard]] dhcp_lease* choose(const dhcp_client_key& client, mac_address mac, ipv4_address wanted,
                                   instant now) noexcept;
  /// Whether the client may have it.
  [[nodiscard]] static bool is_available(const dhcp_lease& lease, const dhcp_client_key& client,
                                         mac_address mac, instant now) noexcept;
  /// Gives it to the client, who loses any other.
  void assign(dhcp_lease& lease, const dhcp_client_key& client, mac_address mac, dhcp_lease::state state,
              instant ends) noexcept;
  /// The client gives it back, and is still known.
  static void end(dhcp_lease& lease) noexcept;
  /// Somebody else uses it: nobody gets it until `ends`.
  void decline(dhcp_lease& lease, instant ends) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return leases_.size(); }
  [[nodiscard]] std::size_t taken(instant now) const noexcept;

 private:
  void forget_client(dhcp_lease& lease) noexcept;
  [[nodiscard]] dhcp_lease* oldest(instant now) noexcept;

  std::vector<dhcp_lease> leases_;
  bounded_map<ipv4_address, std::uint32_t> by_address_;
  bounded_map<dhcp_client_key, std::uint32_t> by_client_;
};

}  // namespace mirage
