// SPDX-License-Identifier: ISC
#include "mirage/nat/port_forward.hpp"

#include "mirage/core/endpoint.hpp"

namespace mirage {

std::optional<port_forward> port_forward::parse(std::string_view text) noexcept {
  port_forward parsed;
  if (text.starts_with("udp:"))
    parsed.protocol = nat_protocol::udp;
  else if (!text.starts_with("tcp:"))
    return std::nullopt;
  text.remove_prefix(4);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto to = endpoint::parse(text.substr(colon + 1));
  if (!parse_argument(text.substr(0, colon), parsed.port) || parsed.port == 0) return std::nullopt;
  if (!to || !to->address.is_v4() || to->port == 0) return std::nullopt;
  parsed.to = {to->address.v4(), to->port};
  return parsed;
}

}  // namespace mirage
