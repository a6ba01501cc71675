// SPDX-License-Identifier: ISC
// A line a query, for the operators of servers: `-l queries:debug`. Without it a query costs a comparison.
#pragma once

#include <cstddef>
#include <string_view>

#include "mirage/core/ip_address.hpp"
#include "mirage/core/log.hpp"
#include "mirage/dns/query.hpp"

namespace mirage::dns {

inline constexpr log_source query_log{"queries"};

namespace detail {
void write_query(const query& asked, const ip_address& client, std::string_view transport, rcode code,
                 std::size_t size) noexcept;
}

/// `192.0.2.1 udp www.example.org. IN A NOERROR 93`: who asked for what, and the code and length of the
/// answer. `asked` is not one that was dropped.
inline void log_query(const query& asked, const ip_address& client, std::string_view transport, rcode code,
                      std::size_t size) noexcept {
  if (query_log.enabled(log_level::debug)) detail::write_query(asked, client, transport, code, size);
}

}  // namespace mirage::dns
