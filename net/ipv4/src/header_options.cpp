// SPDX-License-Identifier: ISC
#include "mirage/ipv4/header_options.hpp"

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

namespace {
constexpr std::uint8_t end_of_list = 0;
constexpr std::uint8_t no_operation = 1;
constexpr std::uint8_t router_alert = 148;
}  // namespace

header_options_verdict check_header_options(cbytes options) noexcept {
  constexpr std::uint8_t loose_source_route = 131;
  constexpr std::uint8_t strict_source_route = 137;
  while (!options.empty()) {
    const auto type = std::to_integer<std::uint8_t>(options[0]);
    if (type == end_of_list) break;
    if (type == no_operation) {
      options = options.subspan(1);
      continue;
    }
    if (type == loose_source_route || type == strict_source_route)
      return header_options_verdict::source_routed;
    if (options.size() < 2) return header_options_verdict::malformed;
    const auto length = std::to_integer<std::size_t>(options[1]);
    if (length < 2 || length > options.size()) return header_options_verdict::malformed;
    options = options.subspan(length);
  }
  return header_options_verdict::fine;
}

bool has_router_alert(cbytes options) noexcept {
  while (!options.empty()) {
    const auto type = std::to_integer<std::uint8_t>(options[0]);
    if (type == end_of_list || type == router_alert) return type == router_alert;
    options = options.subspan(type == no_operation ? 1 : std::to_integer<std::size_t>(options[1]));
  }
  return false;
}

void add_router_alert(bytes header_and_room) noexcept {
  constexpr std::uint32_t option = std::uint32_t{router_alert} << 24 | router_alert_option_size << 16;
  const bytes header = header_and_room.first(ipv4_header::size + router_alert_option_size);
  store_be32(&header[ipv4_header::size], option);
  header[0] = static_cast<std::byte>(4 << 4 | header.size() / 4);
  store_be16(&header[10], 0);
  store_be16(&header[10], checksum::finish(checksum::sum_of(header)));
}

}  // namespace mirage
