// SPDX-License-Identifier: ISC
// Which packets that could not be handed up their sender is told of: RFC 4443 §2.4 (e), §3.3, §3.4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A packet, or what came of it.
struct ipv6_undeliverable {
  enum class reason : std::uint8_t { problem, reassembly_time } why;
  v1::ip_header<ipv6_address> header;
  cbytes packet;  ///< from the first byte of its header; lent for the call
  parameter_problem what{};
  std::uint32_t pointer = 0;
  bool even_of_group = false;
};
using ipv6_undeliverable_handler = inline_function<void(const ipv6_undeliverable&), 16>;

/// Tells the handler, once there is one, of what may be told.
class ipv6_undeliverable_reports {
 public:
  explicit ipv6_undeliverable_reports(std::uint32_t interface) noexcept : interface_(interface) {}
  void set_handler(ipv6_undeliverable_handler handler) noexcept { handler_.emplace(std::move(handler)); }

  /// `pointer`: where in the packet it is. `even_of_group`: also told of a packet to a group, and `group`
  /// says that the link took it for one.
  void problem(cbytes packet, parameter_problem what, std::size_t pointer, bool even_of_group,
               bool group) noexcept;
  /// `packet`: the first fragment.
  void reassembly_time(cbytes packet) noexcept;

 private:
  std::uint32_t interface_;
  std::optional<ipv6_undeliverable_handler> handler_;
};

}  // namespace mirage
