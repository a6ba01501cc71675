// SPDX-License-Identifier: ISC
#include "mirage/ipv4/header_options.hpp"

namespace mirage {

header_options_verdict check_header_options(cbytes options) noexcept {
  constexpr std::uint8_t end_of_list = 0;
  constexpr std::uint8_t no_operation = 1;
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

}  // namespace mirage
