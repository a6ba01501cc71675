// SPDX-License-Identifier: ISC
#include "mirage/simulation/offload.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"

namespace mirage::simulation {

namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::size_t udp_header = 8;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
constexpr std::byte protocol_tcp{6};
constexpr std::byte protocol_udp{17};

// The one's complement sum of RFC 1071, folded.
std::uint16_t fold(std::uint64_t sum) noexcept {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}
std::uint16_t sum_of(cbytes part) noexcept {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at + 1 < part.size(); at += 2) sum += load_be16(part.data() + at);
  if (part.size() % 2 != 0) sum += std::to_integer<std::uint64_t>(part.back()) << 8;
  return fold(sum);
}
std::uint16_t complement(std::uint16_t sum) noexcept { return static_cast<std::uint16_t>(~sum); }

bool is_ipv4(cbytes carried) noexcept { return load_be16(carried.data() + 12) == ethertype_ipv4; }

bool is_right(cbytes transport, std::byte protocol, std::uint16_t addresses) noexcept {
  const std::size_t field = protocol == protocol_tcp ? 16 : 6;
  if ((protocol != protocol_tcp && protocol != protocol_udp) || transport.size() < field + 2) return false;
  if (protocol == protocol_udp && load_be16(transport.data() + field) == 0) return false;
  const std::uint64_t sum = std::uint64_t{addresses} + std::to_integer<std::uint64_t>(protocol) +
                            transport.size() + sum_of(transport);
  return fold(sum) == 0xffff;
}

bool is_right_ipv4(cbytes packet) noexcept {
  if (packet.size() < 20) return false;
  const std::size_t header = std::to_integer<std::size_t>(packet[0] & std::byte{0xf}) * 4;
  const std::size_t length = load_be16(packet.data() + 2);
  const bool fragment = (load_be16(packet.data() + 6) & 0x3fff) != 0;
  if (header < 20 || length < header || length > packet.size() || fragment) return false;
  return is_right(packet.subspan(header, length - header), packet[9], sum_of(packet.subspan(12, 8)));
}

bool is_right_ipv6(cbytes packet) noexcept {
  if (packet.size() < 40) return false;
  const std::size_t length = load_be16(packet.data() + 4);
  if (length > packet.size() - 40) return false;
  return is_right(packet.subspan(40, length), packet[6], sum_of(packet.subspan(8, 32)));
}

}  // namespace

void finish_checksum(bytes carried, std::size_t start, std::size_t offset) noexcept {
  if (start + offset + 2 > carried.size()) return;
  const std::uint16_t checksum = complement(sum_of(carried.subspan(start)));
  // In UDP zero means that there is no checksum, and the other zero is as good (RFC 768).
  store_be16(carried.data() + start + offset, checksum == 0 && offset == 6 ? 0xffff : checksum);
}

bool has_right_checksum(cbytes carried) noexcept {
  if (carried.size() < ethernet_header) return false;
  const cbytes packet = carried.subspan(ethernet_header);
  switch (load_be16(carried.data() + 12)) {
    case ethertype_ipv4: return is_right_ipv4(packet);
    case ethertype_ipv6: return is_right_ipv6(packet);
    default: return false;
  }
}

segmenter::segmenter(cbytes whole, const v1::transmit& how) noexcept : whole_(whole), how_(how) {
  const std::size_t start = how.checksum_start;
  if (how.kind == v1::transmit::cut::udp) {
    headers_ = start + udp_header;
  } else if (start + 20 <= whole.size()) {
    headers_ = start + std::to_integer<std::size_t>(whole[start + 12] >> 4) * 4;
  }
  if (headers_ == 0 || headers_ > whole.size()) at_ = whole.size();
}

cbytes segmenter::next() noexcept {
  const std::size_t payload = whole_.size() - std::min(headers_, whole_.size());
  if (at_ >= payload && !(at_ == 0 && payload == 0)) return {};
  const std::size_t length = std::min<std::size_t>(how_.segment, payload - at_);
  const cbytes header = whole_.first(headers_);
  const cbytes part = whole_.subspan(headers_ + at_, length);
  piece_.assign(header.begin(), header.end());
  piece_.insert(piece_.end(), part.begin(), part.end());

  const std::size_t transport = how_.checksum_start;
  set_ip_length(piece_.size() - ethernet_header);
  if (how_.kind == v1::transmit::cut::udp) {
    store_be16(piece_.data() + transport + 4, static_cast<std::uint16_t>(udp_header + length));
  } else {
    set_tcp(transport, at_ + length >= payload);
  }
  // The field holds the sum of the pseudo-header with the length of the whole: exchange the lengths.
  std::byte* const field = piece_.data() + transport + how_.checksum_offset;
  const auto before = static_cast<std::uint16_t>(whole_.size() - transport);
  const auto after = static_cast<std::uint16_t>(piece_.size() - transport);
  store_be16(field, fold(std::uint64_t{load_be16(field)} + complement(before) + after));
  finish_checksum(piece_, transport, how_.checksum_offset);
  at_ += std::max<std::size_t>(length, 1);
  ++count_;
  return piece_;
}

void segmenter::set_ip_length(std::size_t length) noexcept {
  std::byte* const packet = piece_.data() + ethernet_header;
  if (!is_ipv4(piece_)) return store_be16(packet + 4, static_cast<std::uint16_t>(length - 40));
  store_be16(packet + 2, static_cast<std::uint16_t>(length));
  store_be16(packet + 4, static_cast<std::uint16_t>(load_be16(packet + 4) + count_));
  store_be16(packet + 10, 0);
  const std::size_t header = std::to_integer<std::size_t>(packet[0] & std::byte{0xf}) * 4;
  store_be16(packet + 10, complement(sum_of({packet, header})));
}

void segmenter::set_tcp(std::size_t transport, bool last) noexcept {
  std::byte* const tcp = piece_.data() + transport;
  store_be32(tcp + 4, load_be32(tcp + 4) + static_cast<std::uint32_t>(at_));
  constexpr std::byte fin{0x01};
  constexpr std::byte psh{0x08};
  constexpr std::byte cwr{0x80};
  if (!last) tcp[13] &= ~(fin | psh);
  if (at_ > 0) tcp[13] &= ~cwr;
}

}  // namespace mirage::simulation
