// SPDX-License-Identifier: ISC
// How long servers take to answer, for choosing among those of a zone: the smoothed round trip of each, with
// the weights of RFC 6298 §2, and a penalty for silence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/bounded_map.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

/// What is known of one.
struct dns_server_state {
  duration smoothed{};
  instant asked{};
};

class dns_server_table {
 public:
  /// At its cap it forgets all, and learns anew.
  explicit dns_server_table(std::size_t capacity) : capacity_(capacity), servers_(capacity) {}

  void answered(const ip_address& server, duration took, instant now);
  /// It was silent, or useless.
  void failed(const ip_address& server, instant now);
  /// What to expect of it; of one that is not known, or was not asked for a quarter of an hour, so little
  /// that it is tried.
  [[nodiscard]] duration expected(const ip_address& server, instant now) noexcept;
  /// How long to wait for it.
  [[nodiscard]] duration patience(const ip_address& server, instant now) noexcept;
  /// The best first; among equals, `random` decides.
  void order(std::span<ip_address> servers, instant now, std::uint64_t random) noexcept;

 private:
  [[nodiscard]] dns_server_state& of(const ip_address& server, instant now);

  std::size_t capacity_;
  bounded_map<ip_address, dns_server_state> servers_;
};

}  // namespace mirage
