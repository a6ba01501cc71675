// SPDX-License-Identifier: ISC
#include "mirage/ndp/stable_identifier.hpp"

#include <array>

#include "mirage/core/endian.hpp"

namespace mirage {

ipv6_address identifier_source::address_in(const ipv6_prefix& network,
                                           std::uint8_t conflicts) const noexcept {
  std::array<std::byte, 16> message{};
  store_be64(message.data(), network.network().address().high());
  interface_.store(&message[8]);
  message[14] = std::byte{conflicts};
  std::uint64_t identifier = hash_.of(message);
  while (is_reserved_identifier(identifier)) {
    message[15] = static_cast<std::byte>(std::to_integer<unsigned>(message[15]) + 1);
    identifier = hash_.of(message);
  }
  return {network.network().address().high(), identifier};
}

}  // namespace mirage
