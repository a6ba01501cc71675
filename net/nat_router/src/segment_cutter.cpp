// SPDX-License-Identifier: ISC
#include "mirage/nat_router/segment_cutter.hpp"

#include <algorithm>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/tcp/wire.hpp"
#include "mirage/udp/wire.hpp"

namespace mirage {

std::size_t segment_cutter::count() const noexcept {
  const std::size_t payload = packet_.size() - how_.header;
  return std::max<std::size_t>((payload + how_.segment - 1) / how_.segment, 1);
}

std::size_t segment_cutter::length(std::size_t number) const noexcept {
  return std::min<std::size_t>(packet_.size() - offset(number), how_.segment);
}

std::size_t segment_cutter::write_headers(std::size_t number, bytes to) const noexcept {
  const bytes headers = to.first(how_.header);
  std::ranges::copy(packet_.first(how_.header), headers.begin());
  const bytes ip = headers.first(how_.checksum_start);
  const bytes transport = headers.subspan(how_.checksum_start);
  store_be16(&ip[2], static_cast<std::uint16_t>(how_.header + length(number)));
  store_be16(&ip[4], static_cast<std::uint16_t>(load_be16(&ip[4]) + number));
  store_be16(&ip[10], 0);
  store_be16(&ip[10], checksum::finish(checksum::sum_of(ip)));

  const std::size_t size = transport.size() + length(number);
  const bool is_udp = how_.kind == v1::transmit::cut::udp;
  if (is_udp)
    store_be16(&transport[4], static_cast<std::uint16_t>(size));
  else
    write_tcp(number, transport);
  const ipv4_fields fields = ipv4_header::read(ip.data());
  store_be16(&transport[how_.checksum_offset], 0);
  const std::uint16_t pseudo_header = checksum::pseudo_header(
      fields.source, fields.destination, fields.protocol, static_cast<std::uint32_t>(size));
  const std::uint16_t carried = checksum::sum_of(packet_.subspan(offset(number), length(number)));
  const std::uint16_t sum = checksum::add(checksum::add(pseudo_header, checksum::sum_of(transport)), carried);
  store_be16(&transport[how_.checksum_offset],
             is_udp ? checksum::finish_not_zero(sum) : checksum::finish(sum));
  return how_.header;
}

// What ends or pushes the stream does so with the last byte; that the window was reduced is said once.
void segment_cutter::write_tcp(std::size_t number, bytes header) const noexcept {
  store_be32(&header[4], static_cast<std::uint32_t>(load_be32(&header[4]) + number * how_.segment));
  namespace flag = tcp_protocol::flag;
  const unsigned not_last = number + 1 != count() ? flag::fin | flag::psh : 0;
  const unsigned not_first = number != 0 ? flag::cwr : 0;
  header[13] &= ~static_cast<std::byte>(not_last | not_first);
}

}  // namespace mirage
