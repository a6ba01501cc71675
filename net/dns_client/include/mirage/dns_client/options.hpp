// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/inline_vector.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

struct dns_client_options {
  /// Asked in this order, at port 53; none: those that the stack was told of, by DHCP or by routers.
  inline_vector<ip_address, 16> servers{};
  /// Tried behind a name that has no dot at its end; must outlive the client.
  inline_vector<std::string_view, 16> search{};
  duration timeout = 1s;         ///< for a server to answer; doubled with each round of all servers
  unsigned rounds = 3;           ///< in which each server is asked once
  unsigned link_rounds = 2;      ///< the same for names of the link, which nobody may answer for
  duration stream_timeout = 5s;  ///< for an answer that is fetched over TCP
  /// For the other version's addresses, once there are some of one.
  duration other_version = 1s;
  std::size_t cache_size = 256;       ///< answers that are kept
  duration longest_kept = 24h;        ///< whatever their time to live says
  duration longest_denial_kept = 1h;  ///< that there is no such name or address (RFC 2308 §5)
  std::size_t questions = 64;         ///< that can be open at once; more get `failed`
  std::uint16_t payload = 1232;       ///< the longest answer by UDP (RFC 6891 §6.2.5)
};

}  // namespace mirage
