// SPDX-License-Identifier: ISC
// Any bytes as a frame: what is handed up is behind a whole header, and only with a known type.
// covers: src/classify.cpp
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "mirage/ethernet/classify.hpp"
#include "mirage/ethernet/wire.hpp"

using namespace mirage;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr mac_address ours = "02:00:00:00:00:01";
  const cbytes frame = std::as_bytes(std::span(data, size));
  for (const std::uint16_t vlan : {std::uint16_t{0}, std::uint16_t{7}}) {
    const classified_frame known = classify(frame, ours, vlan);
    const bool up = known.verdict <= frame_verdict::ipv6;
    if (up != (known.header != 0) || known.header > size) std::abort();
    if (!up) continue;
    const std::uint16_t type = load_be16(frame.data() + known.header - 2);
    if (type != ethertype::ipv4 && type != ethertype::arp && type != ethertype::ipv6) std::abort();
#ifdef MIRAGE_PLANTED_BUG
    if (known.header == 18 && known.group) std::abort();
#endif
  }
  return 0;
}
