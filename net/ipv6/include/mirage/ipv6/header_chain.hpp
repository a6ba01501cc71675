// SPDX-License-Identifier: ISC
// The headers between IPv6's and the upper layer's: RFC 8200 §4, RFC 5095, RFC 7112. None is acted on but the
// fragment header; the options are looked through for what their type says is to be done with those who do
// not know them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/ipv6/wire.hpp"

namespace mirage {

/// `upper_layer`: a header that is none of these stands at `offset`. `fragment`: a fragment header does, and
/// it is not atomic. `nothing`: nobody is meant. `malformed`: a header leads out of the packet, or there are
/// more than a packet needs (RFC 8504 §5.3). `unwanted`: an option says that it is to be dropped silently.
/// `problem`: the sender is told.
enum class chain_verdict : std::uint8_t { upper_layer, fragment, nothing, malformed, unwanted, problem };

/// RFC 4443 §3.4, RFC 7112 §5
enum class parameter_problem : std::uint8_t {
  erroneous_field = 0,
  unknown_header = 1,
  unknown_option = 2,
  incomplete_chain = 3
};

struct header_chain {
  chain_verdict verdict = chain_verdict::malformed;
  std::uint8_t protocol = 0;     ///< of the header at `offset`
  std::size_t offset = 0;        ///< from the first byte of the packet
  std::size_t announced_at = 0;  ///< where the field is that says what stands at `offset`
  bool was_fragment = false;     ///< there is a fragment header
  bool router_alert = false;     ///< there is that option (RFC 2711)
  parameter_problem what{};      ///< of `problem`
  std::size_t pointer = 0;       ///< of `problem`: where it is
  bool even_of_group = false;    ///< of `problem`: also told of a packet to a group
};

/// From the header `next` at `offset`, which the field at `announced_at` announces; for a whole packet those
/// of the IPv6 header. `reassembled`: it is what follows the fragment header of the first fragment.
[[nodiscard]] header_chain walk_headers(cbytes packet, std::uint8_t next, std::size_t offset,
                                        std::size_t announced_at, bool reassembled) noexcept;
[[nodiscard]] inline header_chain walk_headers(cbytes packet) noexcept {
  return walk_headers(packet, std::to_integer<std::uint8_t>(packet[6]), ipv6_header::size, 6, false);
}

/// Not an error message or a redirect, behind whatever headers, so that errors do not beget errors (RFC 4443
/// §2.4 (e)). `packet` has its IPv6 header.
[[nodiscard]] bool may_be_answered_with_error(cbytes packet) noexcept;

}  // namespace mirage
