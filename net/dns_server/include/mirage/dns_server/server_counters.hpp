// SPDX-License-Identifier: ISC
// What a server counts: queries by type and by transport, answers by their code.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/dns_server/responder.hpp"

namespace mirage::dns {

class server_counters {
 public:
  /// The name must outlive it.
  explicit server_counters(std::string_view device) noexcept;

  void count(const answered& what, transport over) noexcept;

 private:
  static constexpr std::size_t types = 16;
  static constexpr std::size_t codes = 8;
  metric_label device_;
  std::array<counter, types> by_type_;  // the last: all others
  std::array<counter, codes> by_code_;
  counter udp_;
  counter tcp_;
  counter ignored_;
  counter truncated_;

 public:
  counter connections;
  counter connections_refused;
  counter connections_timed_out;
  counter not_sent;
  counter left_out;
  counter cut;
  counter transfers;
  counter transfers_broken;
};

}  // namespace mirage::dns
