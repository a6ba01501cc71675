// SPDX-License-Identifier: ISC
// Which packets that could not be handed up their sender is told of: RFC 1122 §3.2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A packet, or what came of it.
struct ipv4_undeliverable {
  enum class reason : std::uint8_t { unknown_protocol, reassembly_time } why;
  v1::ip_header<ipv4_address> header;
  cbytes header_bytes;  ///< as they came, with options
  cbytes payload;       ///< lent for the call
};
using ipv4_undeliverable_handler = inline_function<void(const ipv4_undeliverable&), 16>;

/// Tells the handler, once there is one, of what may be told.
class ipv4_undeliverable_reports {
 public:
  explicit ipv4_undeliverable_reports(std::uint32_t interface) noexcept : interface_(interface) {}
  void set_handler(ipv4_undeliverable_handler handler) noexcept { handler_.emplace(std::move(handler)); }

  /// `group`: it came to a broadcast or multicast address of the link.
  void unknown_protocol(const v1::ip_header<ipv4_address>& header, cbytes header_bytes, cbytes payload,
                        bool group) noexcept;
  void reassembly_time(const reassembled& incomplete) noexcept;

 private:
  std::uint32_t interface_;
  std::optional<ipv4_undeliverable_handler> handler_;
};

}  // namespace mirage
