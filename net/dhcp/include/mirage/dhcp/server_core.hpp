// SPDX-License-Identifier: ISC
// The core of the server: RFC 2131 §4.3. A message in, at most one answer out. No I/O, no clock, no memory
// after it was made. Relays are served (giaddr, and their information of RFC 3046 is sent back), messages of
// BOOTP are not.
//
// Where it differs from the letter: who has no address yet is answered by broadcast, asked or not, because no
// stack here can send to an address of the link that ARP does not know; addresses are not probed before they
// are offered (§3.1 step 2), conflicts are the business of clients, who decline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endpoint.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp/lease_table.hpp"
#include "mirage/dhcp/server_options.hpp"
#include "mirage/dhcp/wire.hpp"

namespace mirage {

/// An answer that is to be sent from port 67 of our address.
struct dhcp_answer {
  dhcp_message_type type = dhcp_message_type::none;
  endpoint to{};
  ipv4_address address{};     ///< the client's; none in a refusal and to `inform`
  duration lease{};           ///< nothing: not told
  std::uint32_t network = 0;  ///< which one
};

class dhcp_server_core {
 public:
  static constexpr std::size_t greatest_message = 1472;  ///< that `emit` writes

  explicit dhcp_server_core(const dhcp_server_options& options);

  /// Why there is no answer, or `taken`. `malformed`: no request of DHCP. `other_server`: the client chose
  /// another one. `no_network`: not from a network that is served. `no_address`: the pool is used up.
  /// `unknown`: about an address that it does not have; those who renew one are refused if we are
  /// authoritative. `unsupported`: a message of BOOTP, or not one for servers.
  enum class verdict : std::uint8_t {
    taken,
    malformed,
    other_server,
    no_network,
    no_address,
    unknown,
    unsupported
  };
  struct outcome {
    verdict what = verdict::taken;
    std::optional<dhcp_answer> answer{};
  };
  /// What came to port 67.
  outcome input(cbytes message, instant now) noexcept;
  /// Writes the answer to the message to `to`, which has room for `greatest_message`, and gives its length.
  [[nodiscard]] std::size_t emit(const dhcp_answer& answer, cbytes message, bytes to) const noexcept;

  [[nodiscard]] std::size_t networks() const noexcept { return tables_.size(); }
  [[nodiscard]] dhcp_lease_table& leases(std::size_t network) noexcept { return tables_[network]; }
  /// Addresses that are offered, leased or declined, of all networks.
  [[nodiscard]] std::size_t taken(instant now) const noexcept;

 private:
  struct request {
    const dhcp_message& message;
    const dhcp_options& options;
    dhcp_client_key client;
    mac_address mac;
    ipv4_address wanted;
    std::uint32_t network;
  };
  [[nodiscard]] std::optional<std::uint32_t> network_of(ipv4_address address) const noexcept;
  outcome discover(const request& from, instant now) noexcept;
  outcome select(const request& from, instant now) noexcept;
  outcome verify(const request& from, ipv4_address address, instant now) noexcept;
  outcome decline(const request& from, instant now) noexcept;
  outcome release(const request& from, instant now) noexcept;
  outcome inform(const request& from) noexcept;
  outcome grant(const request& from, dhcp_lease& lease, instant now) noexcept;
  outcome refuse(const request& from) const noexcept;
  [[nodiscard]] dhcp_answer answer(const request& from, dhcp_message_type type) const noexcept;
  [[nodiscard]] duration lease_time(const dhcp_options& options) const noexcept;

  dhcp_server_options options_;
  std::vector<dhcp_lease_table> tables_;
};

}  // namespace mirage
