// SPDX-License-Identifier: ISC
#include "mirage/ipv6/header_chain.hpp"

#include <optional>

#include "mirage/v1.hpp"

namespace mirage {

namespace {

constexpr unsigned most_headers = 8;
constexpr unsigned most_options = 16;

void tell_problem(header_chain& chain, parameter_problem what, std::size_t pointer) noexcept {
  chain.verdict = chain_verdict::problem;
  chain.what = what;
  chain.pointer = pointer;
}

/// RFC 8200 §4.2. False if the walk is over; then the verdict is in `chain`.
[[nodiscard]] bool look_through_options(cbytes packet, std::size_t at, std::size_t end,
                                        header_chain& chain) noexcept {
  constexpr std::uint8_t pad1 = 0;
  constexpr std::uint8_t padn = 1;
  constexpr std::uint8_t router_alert = 5;
  chain.verdict = chain_verdict::malformed;
  unsigned options = 0;
  while (at < end) {
    const auto type = std::to_integer<std::uint8_t>(packet[at]);
    if (type == pad1) {
      ++at;
      continue;
    }
    if (at + 2 > end) return false;
    const std::size_t next = at + 2 + std::to_integer<std::size_t>(packet[at + 1]);
    if (next > end) return false;
    if (type != padn && ++options > most_options) return false;
    if (type == router_alert) chain.router_alert = true;
    switch (type == padn ? 0 : type >> 6) {
      case 1: chain.verdict = chain_verdict::unwanted; return false;
      case 2:
      case 3:
        tell_problem(chain, parameter_problem::unknown_option, at);
        chain.even_of_group = type >> 6 == 2;
        return false;
      default: break;
    }
    at = next;
  }
  return true;
}

/// What a first fragment must hold of the upper layer's header.
[[nodiscard]] std::size_t least_of(std::uint8_t protocol) noexcept {
  switch (static_cast<v1::ip_protocol>(protocol)) {
    case v1::ip_protocol::tcp: return 20;
    case v1::ip_protocol::udp: return 8;
    case v1::ip_protocol::icmpv6: return 4;
    default: return 0;
  }
}

struct upper_layer {
  std::uint8_t protocol;
  std::size_t offset;
};
/// Past all headers, whatever is in them; nothing if they do not end in the packet.
[[nodiscard]] std::optional<upper_layer> skip_headers(cbytes packet, std::uint8_t next,
                                                      std::size_t at) noexcept {
  for (unsigned headers = 0; headers < most_headers; ++headers) {
    const bool fragment = next == ipv6_next_header::fragment;
    if (!fragment && next != ipv6_next_header::routing && next != ipv6_next_header::destination_options &&
        next != ipv6_next_header::hop_by_hop)
      return upper_layer{next, at};
    if (packet.size() - at < 8) return std::nullopt;
    const std::size_t length = fragment ? 8 : 8 * (std::to_integer<std::size_t>(packet[at + 1]) + 1);
    if (packet.size() - at < length) return std::nullopt;
    next = std::to_integer<std::uint8_t>(packet[at]);
    at += length;
  }
  return std::nullopt;
}

/// RFC 7112: all headers are in the first fragment, so that nobody on the way can be deceived.
[[nodiscard]] bool is_chain_complete(cbytes packet, std::uint8_t next, std::size_t at) noexcept {
  const auto upper = skip_headers(packet, next, at);
  return upper && packet.size() - upper->offset >= least_of(upper->protocol);
}

}  // namespace

header_chain walk_headers(cbytes packet, std::uint8_t next, std::size_t at, std::size_t announced_at,
                          bool reassembled) noexcept {
  header_chain chain{.was_fragment = reassembled};
  for (unsigned headers = 0; headers < most_headers; ++headers) {
    chain.protocol = next;
    chain.offset = at;
    chain.announced_at = announced_at;
    const std::size_t left = packet.size() - at;
    std::size_t length = left < 2 ? 8 : 8 * (std::to_integer<std::size_t>(packet[at + 1]) + 1);
    chain.verdict = chain_verdict::malformed;
    switch (next) {
      case ipv6_next_header::hop_by_hop:
        // Only the first may be one (§4.1).
        if (at != ipv6_header::size || headers != 0) {
          tell_problem(chain, parameter_problem::unknown_header, announced_at);
          return chain;
        }
        [[fallthrough]];
      case ipv6_next_header::destination_options:
        if (left < length) return chain;
        if (!look_through_options(packet, at + 2, at + length, chain)) return chain;
        break;
      case ipv6_next_header::routing:
        if (left < length) return chain;
        // No type is known; with nothing left to do it is passed over (§4.4). That holds for type 0, too,
        // which must not be followed (RFC 5095).
        if (packet[at + 3] != std::byte{0}) {
          tell_problem(chain, parameter_problem::erroneous_field, at + 2);
          return chain;
        }
        break;
      case ipv6_next_header::fragment: {
        length = fragment_fields::size;
        if (left < length || chain.was_fragment) return chain;
        chain.was_fragment = true;
        const fragment_fields fields = fragment_fields::read(&packet[at]);
        if (fields.is_atomic()) break;
        chain.verdict = chain_verdict::fragment;
        if (fields.offset == 0 && !is_chain_complete(packet, fields.next_header, at + length))
          tell_problem(chain, parameter_problem::incomplete_chain, 0);
        return chain;
      }
      case ipv6_next_header::nothing: chain.verdict = chain_verdict::nothing; return chain;
      default: chain.verdict = chain_verdict::upper_layer; return chain;
    }
    announced_at = at;
    next = std::to_integer<std::uint8_t>(packet[at]);
    at += length;
  }
  chain.verdict = chain_verdict::malformed;
  return chain;
}

bool may_be_answered_with_error(cbytes packet) noexcept {
  constexpr std::uint8_t first_informational = 128;
  constexpr std::uint8_t redirect = 137;
  const auto upper = skip_headers(packet, std::to_integer<std::uint8_t>(packet[6]), ipv6_header::size);
  if (!upper) return true;
  if (upper->protocol != static_cast<std::uint8_t>(v1::ip_protocol::icmpv6)) return true;
  if (upper->offset >= packet.size()) return false;
  const auto type = std::to_integer<std::uint8_t>(packet[upper->offset]);
  return type >= first_informational && type != redirect;
}

}  // namespace mirage
