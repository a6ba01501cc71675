// SPDX-License-Identifier: ISC
#include "mirage/udp/read.hpp"

#include "mirage/checksum.hpp"

namespace mirage {

udp_reading read_udp(cbytes datagram, std::uint16_t addresses, bool verified, bool needed,
                     bool coalesced) noexcept {
  const auto header = udp_header::of(datagram);
  if (!header || header->source() == 0 || header->destination() == 0 || datagram.size() > 65535)
    return {udp_kind::malformed};
  const std::uint16_t length = coalesced ? static_cast<std::uint16_t>(datagram.size()) : header->length();
  const udp_reading good{udp_kind::good, header->source(), header->destination(), length};
  if (verified) return good;
  if (header->checksum() == 0) return needed ? udp_reading{udp_kind::bad_checksum} : good;
  const std::uint16_t sum =
      checksum::add(checksum::add(addresses, length), checksum::sum_of(datagram.first(length)));
  return sum == checksum::verified ? good : udp_reading{udp_kind::bad_checksum};
}

}  // namespace mirage
