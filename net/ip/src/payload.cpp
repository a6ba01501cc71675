// SPDX-License-Identifier: ISC
#include "mirage/ip/payload.hpp"

#include <algorithm>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

void join_payload(buffer& packet, std::size_t filled, const buffer_list& slices) noexcept {
  packet.truncate(filled + total_size(slices));
  auto to = packet.writable().begin() + static_cast<std::ptrdiff_t>(filled);
  for (const buffer& slice : slices) to = std::ranges::copy(slice.view(), to).out;
}

void finish_checksum(buffer& payload, v1::ip_protocol protocol, const v1::transmit& how) noexcept {
  if (how.checksum_offset == 0) return;
  const bytes all = payload.writable();
  const std::size_t field = std::size_t{how.checksum_start} + how.checksum_offset;
  if (field + 2 > all.size()) return;
  const std::uint16_t sum = checksum::sum_of(all.subspan(how.checksum_start));
  const bool udp = protocol == v1::ip_protocol::udp;
  store_be16(&all[field], udp ? checksum::finish_not_zero(sum) : checksum::finish(sum));
}

}  // namespace mirage
