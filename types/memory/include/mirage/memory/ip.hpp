// SPDX-License-Identifier: ISC
// IP between two machines, the least that meets `v1::ip`. Its packets are not those of RFC 791 or RFC 8200:
// both ends are of this kind, so the header holds what the layers above say, and a checksum of itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::ip` over a network in memory that carries packets of up to 65535 bytes: a packet longer than the
/// path's `mtu` goes as if it was fragmented and put together again, unless the sender forbids it.
template <class Address>
class ip {
 public:
  using address = Address;
  static constexpr std::size_t header_size = 48;
  /// What the network beneath must carry.
  static constexpr std::uint32_t link_mtu = 65535 + header_size;

  /// `ours` and `theirs` are the two ends; to other addresses there is no route, but for groups.
  ip(memory::network& network, Address ours, Address theirs, std::uint32_t mtu = 1500,
     std::string_view name = "memory_ip") noexcept
      : name_(name), network_(network), ours_{ours}, theirs_(theirs), mtu_(mtu) {}
  ip(const ip&) = delete;
  ip& operator=(const ip&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::span<const Address> addresses() const noexcept { return ours_; }

  result<v1::ip_route<Address>, v1::net_error> route(const Address& to) const {
    if (to != theirs_ && !to.is_multicast()) return fail(v1::net_error::no_route);
    return v1::ip_route<Address>{ours_.front(), mtu_, network_.capabilities()};
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::ip_header<Address>& header, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    MIRAGE_TRY_VOID(route(header.destination));
    if (!header.source.is_unspecified() && header.source != ours_.front())
      return fail(v1::net_error::no_route);
    const std::size_t longest = header.dont_fragment ? mtu_ : 65535;
    if (how.header + total_size(slices) + smallest_header > longest) return fail(v1::net_error::too_long);
    v1::transmit below = how;
    below.header += header_size;
    auto headed = [&](bytes packet) {
      store(header, packet.first(header_size));
      return header_size + fill(packet.subspan(header_size));
    };
    return network_.write(below, headed, std::move(slices));
  }

  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up) {
    v1::ip_header<Address> header;
    if (!load(packet.view(), header)) return drop();
    if (header.destination != ours_.front() && !header.destination.is_multicast()) return drop();
    packet.drop_front(header_size);
    switch (header.protocol) {
      case v1::ip_protocol::tcp: return up.tcp(header, std::move(packet), how);
      case v1::ip_protocol::udp: return up.udp(header, std::move(packet), how);
      case v1::ip_protocol::icmp:
      case v1::ip_protocol::icmpv6: return up.icmp(header, std::move(packet), how);
    }
    drop();
  }

 private:
  static constexpr std::size_t smallest_header = Address::size == 4 ? 20 : 40;  // of the real protocol
  static constexpr std::uint32_t magic = 0x6d697020;

  void store(const v1::ip_header<Address>& header, bytes to) const noexcept {
    const Address source = header.source.is_unspecified() ? ours_.front() : header.source;
    const unsigned usual_ttl = header.destination.is_multicast() ? 1 : 64;
    std::byte* p = to.data();
    store_be32(p, magic);
    p[4] = static_cast<std::byte>(header.protocol);
    p[5] = static_cast<std::byte>(header.ttl != 0 ? header.ttl : usual_ttl);
    p[6] = static_cast<std::byte>(header.traffic_class);
    p[7] = static_cast<std::byte>(header.dont_fragment);
    store_be64(p + 40, 0);
    source.store(p + 8);
    header.destination.store(p + 24);
    store_be64(p + 40, sum_of(to));
  }

  /// False for what is malformed.
  static bool load(cbytes packet, v1::ip_header<Address>& header) noexcept {
    const std::byte* p = packet.data();
    if (packet.size() < header_size || load_be32(p) != magic || load_be64(p + 40) != sum_of(packet))
      return false;
    header.protocol = static_cast<v1::ip_protocol>(p[4]);
    header.ttl = std::to_integer<std::uint8_t>(p[5]);
    header.traffic_class = std::to_integer<std::uint8_t>(p[6]);
    header.dont_fragment = p[7] != std::byte{0};
    header.source = Address::load(p + 8);
    header.destination = Address::load(p + 24);
    header.interface = 1;
    return true;
  }

  static std::uint64_t sum_of(cbytes header) noexcept {
    std::uint64_t sum = 1;
    for (const std::byte each : header.first(40)) sum = sum * 31 + std::to_integer<std::uint64_t>(each);
    return sum;
  }

  void drop() noexcept { ++dropped_; }

  std::string_view name_;
  memory::network& network_;
  std::array<Address, 1> ours_;
  Address theirs_;
  std::uint32_t mtu_;
  counter dropped_{"ip_dropped_total", {{"device", name_}}, "Packets that are malformed or not for us"};
};

static_assert(v1::ip<ip<ipv4_address>>);
static_assert(v1::ip<ip<ipv6_address>>);

}  // namespace mirage::memory
