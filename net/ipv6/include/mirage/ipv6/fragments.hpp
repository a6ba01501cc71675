// SPDX-License-Identifier: ISC
// Cutting a packet, and where a fragment of one belongs: RFC 8200 §4.5.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv6/wire.hpp"

namespace mirage {

/// Where `size` bytes of payload are cut for a path of `mtu`, at least 1280.
class ipv6_fragment_plan {
 public:
  ipv6_fragment_plan(std::size_t size, std::uint32_t mtu) noexcept
      : size_(size), each_((mtu - ipv6_header::size - fragment_fields::size) / 8 * 8) {}
  [[nodiscard]] std::size_t count() const noexcept { return size_ == 0 ? 1 : (size_ + each_ - 1) / each_; }
  [[nodiscard]] std::size_t offset(std::size_t number) const noexcept { return number * each_; }
  [[nodiscard]] std::size_t length(std::size_t number) const noexcept {
    return number + 1 == count() ? size_ - number * each_ : each_;
  }
  [[nodiscard]] fragment_fields fields(std::size_t number, std::uint8_t next_header,
                                       std::uint32_t identification) const noexcept {
    return {.next_header = next_header,
            .offset = static_cast<std::uint16_t>(number * each_),
            .more = number + 1 != count(),
            .identification = identification};
  }

 private:
  std::size_t size_;
  std::size_t each_;
};

/// Of a packet with those fields and a fragment header that ends `before` bytes from its beginning. The
/// reassembled packet must still be one with a payload length (§4.5).
[[nodiscard]] inline fragment_place fragment_place_of(const ipv6_fields& packet,
                                                      const fragment_fields& fragment,
                                                      std::size_t before) noexcept {
  const std::size_t kept = before - ipv6_header::size - fragment_fields::size;
  return {.of = {packet.source, packet.destination, fragment.identification, 0},
          .offset = fragment.offset,
          .more = fragment.more,
          .traffic_class = packet.traffic_class,
          .greatest_end = ipv6_header::greatest_payload - kept};
}

}  // namespace mirage
