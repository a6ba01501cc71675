// SPDX-License-Identifier: ISC
// A port of the outside that leads to a host inside: `tcp:8080:10.0.1.2:80`.
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>

#include "mirage/core/argument_value.hpp"
#include "mirage/nat/packet.hpp"

namespace mirage {

struct port_forward {
  nat_protocol protocol = nat_protocol::tcp;  ///< or UDP
  std::uint16_t port = 0;
  nat_endpoint to{};

  /// PROTOCOL:PORT:ADDRESS:PORT, no port of which is 0.
  [[nodiscard]] static std::optional<port_forward> parse(std::string_view text) noexcept;
  friend bool operator==(const port_forward&, const port_forward&) noexcept = default;
};

[[nodiscard]] consteval argument_description describe_argument(std::type_identity<port_forward>) {
  return {"PROTOCOL:PORT:ADDRESS:PORT", "a port and where it leads, such as tcp:8080:10.0.1.2:80"};
}

}  // namespace mirage
