// SPDX-License-Identifier: ISC
// The Internet Protocol, version 4, of one interface: RFC 791, RFC 1122 §3, RFC 1112, RFC 1191.
//
//   mirage::ipv4<ethernet_0, arp_0> ipv4{"ipv4", ethernet, arp, {.address = "10.0.0.2/24", .gateway =
//   "10.0.0.1"}};
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/core/os.hpp"
#include "mirage/ethernet/wire.hpp"
#include "mirage/ip/identification.hpp"
#include "mirage/ip/loopback.hpp"
#include "mirage/ip/path_mtu.hpp"
#include "mirage/ip/payload.hpp"
#include "mirage/ip/reach.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv4/counters.hpp"
#include "mirage/ipv4/examine.hpp"
#include "mirage/ipv4/fields.hpp"
#include "mirage/ipv4/fragments.hpp"
#include "mirage/ipv4/groups.hpp"
#include "mirage/ipv4/reassembler.hpp"
#include "mirage/ipv4/routes.hpp"
#include "mirage/ipv4/undeliverable.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct ipv4_options {
  std::optional<ipv4_prefix> address{};   ///< with its network; more can be added later
  std::optional<ipv4_address> gateway{};  ///< of the default route
  std::uint32_t interface = 1;            ///< its number, in `ip_header::interface`
  reassembly_options reassembly{};
  std::size_t paths = 256;  ///< whose MTU is remembered
};

/// `v1::ip`. Ethernet and ARP must outlive it. A datagram that has to be cut is copied once; when its first
/// fragment finds no room it is lost and counted, and not an error, because it was filled in already.
template <v1::ethernet Ethernet, v1::arp Arp>
class ipv4 {
 public:
  using address = ipv4_address;
  using header = v1::ip_header<ipv4_address>;

  ipv4(std::string_view name, Ethernet& ethernet, Arp& arp, const ipv4_options& options = {})
      : name_(name),
        ethernet_(ethernet),
        arp_(arp),
        options_(options),
        paths_(least_path_mtu, options.paths),
        identification_(os::random64()),
        undeliverable_(options.interface),
        reassembler_(options.reassembly, counters_, undeliverable_) {}
  ipv4(const ipv4&) = delete;
  ipv4& operator=(const ipv4&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Takes the address and the gateway of the options; `full` if there is no room for them.
  task<result<void, v1::net_error>> start() {
    if (options_.address && !add_address(*options_.address)) co_return fail(v1::net_error::full);
    if (options_.gateway && !add_route({}, *options_.gateway)) co_return fail(v1::net_error::full);
    co_return {};
  }

  // ---- Configuration; may change at any time ----

  /// False at a cap, or for an address that no host can have. It is announced.
  bool add_address(ipv4_prefix address) {
    if (!routes_.add_address(address)) return false;
    if (arp_.add(address.address())) return true;
    routes_.remove_address(address.address());
    return false;
  }
  void remove_address(ipv4_address address) noexcept {
    arp_.remove(address);
    routes_.remove_address(address);
  }
  /// `{}` is the default route. False at the cap.
  bool add_route(ipv4_prefix to, ipv4_address gateway) noexcept { return routes_.add_route(to, gateway); }
  void remove_route(ipv4_prefix to) noexcept { routes_.remove_route(to); }

  [[nodiscard]] std::span<const ipv4_address> addresses() const noexcept { return routes_.addresses(); }
  /// A broadcast address, of all or of one of our networks.
  [[nodiscard]] bool is_broadcast(ipv4_address address) const noexcept {
    return routes_.is_broadcast(address);
  }
  [[nodiscard]] std::uint32_t interface() const noexcept { return options_.interface; }
  /// How near a destination is by this interface; nothing if there is no way, or nothing to send from.
  [[nodiscard]] std::optional<ip_reach> reach(ipv4_address to) const noexcept {
    const ipv4_hop hop = find(to);
    if (hop.kind == hop_kind::none || (hop.kind == hop_kind::unicast && hop.source.is_unspecified()))
      return std::nullopt;
    return ip_reach{hop.kind == hop_kind::local, hop.prefix_length};
  }

  /// Joins count, and routers are told. `no_route` if it is no group, `full` at the cap.
  result<void, v1::net_error> join(ipv4_address group) noexcept { return groups_.join(group); }
  void leave(ipv4_address group) noexcept { groups_.leave(group); }

  /// A router said that a packet of `length` bytes was longer than `mtu` (0: it did not say). The caller has
  /// found the report plausible (RFC 5927 §7).
  void packet_too_long(ipv4_address destination, std::uint32_t mtu, std::uint32_t length) noexcept {
    ++counters_.path_reports;
    paths_.too_long(destination, mtu, length, os::now());
  }

  // ---- Upward; the stack's ----

  /// `up` gets the packets that we send to ourselves, as from `input`, and `batch_end()` after them. Without
  /// it there is no route to our own addresses.
  template <class Up>
  void attach(Up& up) noexcept {
    up_ = &up;
    loopback_.attach(
        this,
        [](void* self, buffer&& packet) {
          ipv4& ip = *static_cast<ipv4*>(self);
          ip.input_own(std::move(packet), *static_cast<Up*>(ip.up_));
        },
        [](void* self) { static_cast<Up*>(static_cast<ipv4*>(self)->up_)->batch_end(); });
  }
  void on_undeliverable(ipv4_undeliverable_handler handler) noexcept {
    undeliverable_.set_handler(std::move(handler));
  }
  /// The header of the packet that is being handed up, as it came; valid in that call, while the payload is
  /// not moved.
  [[nodiscard]] cbytes header_in_hand() const noexcept { return header_in_hand_; }

  // ---- v1::ip ----

  result<v1::ip_route<ipv4_address>, v1::net_error> route(const ipv4_address& to) noexcept {
    const ipv4_hop hop = find(to);
    if (hop.kind == hop_kind::none) return fail(v1::net_error::no_route);
    if (hop.kind == hop_kind::local)
      return v1::ip_route<ipv4_address>{hop.source, loopback_mtu, loopback_device};
    const v1::capabilities device = ethernet_.capabilities();
    return v1::ip_route<ipv4_address>{hop.source, paths_.mtu(to, device.mtu, os::now()), device};
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const header& head, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    return write_any(head, how, fill, std::move(slices));
  }

  /// A packet of somebody else's, whole and with its header, to one host that is not ours, by our routes (RFC
  /// 1812 §5.2.4). Only a router calls it, and has looked at everything else: TTL, MTU, checksums.
  template <v1::fill Fill>
  result<void, v1::net_error> write_packet(ipv4_address to, const v1::transmit& how, Fill fill,
                                           buffer_list slices) {
    const ipv4_hop hop = find(to);
    if (hop.kind != hop_kind::unicast) return refuse(counters_.no_route, v1::net_error::no_route);
    auto sent = to_link(hop, how, fill, std::move(slices));
    if (sent) ++counters_.sent;
    return sent;
  }

  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up) {
    ++counters_.received;
    const examined_packet known = examine(packet.view(), how.group, routes_, groups_.joined());
    v1::received told = how;
    told.group = how.group || known.to_many;
    switch (known.verdict) {
      case packet_verdict::whole: break;
      case packet_verdict::fragment: return input_fragment(known, packet.view(), told, up);
      case packet_verdict::malformed: ++counters_.malformed; return;
      case packet_verdict::bad_checksum: ++counters_.bad_checksum; return;
      case packet_verdict::source_routed: ++counters_.source_routed; return;
      case packet_verdict::martian: ++counters_.martian; return;
      case packet_verdict::not_ours: ++counters_.not_ours; return;
    }
    packet.truncate(known.fields.total_length);
    packet.drop_front(known.header);
    hand_up(known.fields, {packet.data() - known.header, known.header}, std::move(packet), told, up);
  }

 private:
  static constexpr std::uint8_t igmp_protocol = 2;
  // A packet that must be smaller still gets there in fragments.
  static constexpr std::uint32_t least_path_mtu = 552;
  static constexpr std::uint32_t loopback_mtu = ipv4_header::greatest_packet;
  static constexpr v1::capabilities loopback_device{
      .mtu = loopback_mtu, .transmit_checksum = true, .receive_checksum = true};

  // ---- Sending; compiled once, whoever fills ----

  result<void, v1::net_error> write_any(const header& head, const v1::transmit& how, any_fill fill,
                                        buffer_list&& slices) {
    const ipv4_hop hop = find(head.destination);
    if (hop.kind == hop_kind::none || !may_send(head, hop))
      return refuse(counters_.no_route, v1::net_error::no_route);
    const std::size_t size = ipv4_header::size + how.header + total_size(slices);
    if (size > ipv4_header::greatest_packet) return refuse(counters_.too_long, v1::net_error::too_long);
    ipv4_fields fields = fields_of(head, hop);
    if (hop.kind == hop_kind::local) return write_own(fields, how, fill, slices);
    const std::uint32_t mtu = paths_.mtu(head.destination, ethernet_.capabilities().mtu, os::now());
    if (how.segment != 0 || size <= mtu) return send(hop, fields, how, fill, std::move(slices));
    if (head.dont_fragment) return refuse(counters_.too_long, v1::net_error::too_long);
    return send_in_fragments(hop, fields, how, fill, slices, mtu);
  }

  result<void, v1::net_error> refuse(counter& why, v1::net_error error) noexcept {
    ++why;
    return fail(error);
  }

  [[nodiscard]] ipv4_hop find(ipv4_address to) const noexcept {
    const ipv4_hop hop = routes_.find(to);
    return hop.kind == hop_kind::local && !loopback_.is_attached() ? ipv4_hop{} : hop;
  }

  // From an address of ours. Who has none yet can only speak to all (DHCP).
  [[nodiscard]] bool may_send(const header& head, const ipv4_hop& hop) const noexcept {
    if (head.interface != 0 && head.interface != options_.interface) return false;
    if (!head.source.is_unspecified())
      return routes_.is_ours(head.source) || (hop.kind == hop_kind::local && head.source.is_loopback());
    return !hop.source.is_unspecified() || hop.kind == hop_kind::broadcast || hop.kind == hop_kind::multicast;
  }

  [[nodiscard]] ipv4_fields fields_of(const header& head, const ipv4_hop& hop) noexcept {
    const ipv4_address source = head.source.is_unspecified() ? hop.source : head.source;
    const auto protocol = static_cast<std::uint8_t>(head.protocol);
    const std::uint8_t usual_ttl = hop.kind == hop_kind::multicast ? 1 : 64;
    return {.source = source,
            .destination = head.destination,
            .protocol = protocol,
            .ttl = head.ttl != 0 ? head.ttl : usual_ttl,
            .traffic_class = head.traffic_class,
            .identification = head.dont_fragment ? std::uint16_t{0}
                                                 : identification_.next(source, head.destination, protocol),
            .dont_fragment = head.dont_fragment};
  }

  result<void, v1::net_error> send(const ipv4_hop& hop, ipv4_fields fields, const v1::transmit& how,
                                   any_fill fill, buffer_list&& slices) {
    const std::size_t behind = total_size(slices);
    v1::transmit below = how;
    below.header += ipv4_header::size;
    if (how.checksum_offset != 0)
      below.checksum_start = static_cast<std::uint16_t>(how.checksum_start + ipv4_header::size);
    auto headed = [&](bytes packet) noexcept {
      const std::size_t size = ipv4_header::size + fill(packet.subspan(ipv4_header::size));
      fields.total_length = static_cast<std::uint16_t>(size + behind);
      ipv4_header::write(packet, fields);
      return size;
    };
    auto sent = to_link(hop, below, headed, std::move(slices));
    if (sent) ++counters_.sent;
    return sent;
  }

  template <class Fill>
  result<void, v1::net_error> to_link(const ipv4_hop& hop, const v1::transmit& how, Fill& fill,
                                      buffer_list&& slices) {
    auto lent = [&fill](bytes to) noexcept { return fill(to); };
    if (hop.kind == hop_kind::unicast) return arp_.write(hop.next, how, lent, std::move(slices));
    const mac_address to =
        hop.kind == hop_kind::broadcast ? mac_address::broadcast() : multicast_station(hop.next);
    return ethernet_.write(to, ethertype::ipv4, how, lent, std::move(slices));
  }

  result<void, v1::net_error> send_in_fragments(const ipv4_hop& hop, const ipv4_fields& fields,
                                                const v1::transmit& how, any_fill fill,
                                                const buffer_list& slices, std::uint32_t mtu) {
    buffer whole = buffer::allocate(how.header + total_size(slices));
    if (!whole) return refuse(counters_.no_memory, v1::net_error::full);
    const std::size_t filled = fill(whole.writable().first(how.header));
    join_payload(whole, filled, slices);
    finish_checksum(whole, static_cast<v1::ip_protocol>(fields.protocol), how);
    const fragment_plan plan(whole.size(), mtu);
    for (std::size_t i = 0; i < plan.count(); ++i) {
      const ipv4_fields part = plan.fields(i, fields);
      buffer_list slice;
      slice.push_back(whole.slice(part.fragment_offset, plan.length(i)));
      auto nothing = [](bytes) noexcept { return std::size_t{0}; };
      if (!send(hop, part, {}, nothing, std::move(slice))) {
        ++counters_.fragments_lost;
        return {};
      }
    }
    counters_.fragments_sent += plan.count();
    return {};
  }

  result<void, v1::net_error> write_own(ipv4_fields fields, const v1::transmit& how, any_fill fill,
                                        const buffer_list& slices) {
    buffer packet;
    if (!loopback_.full()) packet = buffer::allocate(ipv4_header::size + how.header + total_size(slices));
    if (!packet) return refuse(counters_.no_memory, v1::net_error::full);
    const std::size_t filled = fill(packet.writable().subspan(ipv4_header::size, how.header));
    join_payload(packet, ipv4_header::size + filled, slices);
    fields.total_length = static_cast<std::uint16_t>(packet.size());
    ipv4_header::write(packet.writable(), fields);
    loopback_.push(std::move(packet));
    ++counters_.sent;
    return {};
  }

  // ---- Receiving ----

  template <class Up>
  void input_fragment(const examined_packet& known, cbytes packet, const v1::received& how, Up& up) {
    auto whole = reassembler_.add(known, packet);
    if (whole)
      hand_up(whole_fields(*whole), whole->header_bytes(), std::move(whole->payload), {.group = how.group},
              up);
  }

  template <class Up>
  void hand_up(const ipv4_fields& fields, cbytes header_bytes, buffer&& payload, const v1::received& how,
               Up& up) {
    const header head = received_header(fields, options_.interface);
    header_in_hand_ = header_bytes;
    switch (head.protocol) {
      case v1::ip_protocol::tcp: up.tcp(head, std::move(payload), how); break;
      case v1::ip_protocol::udp: up.udp(head, std::move(payload), how); break;
      case v1::ip_protocol::icmp: up.icmp(head, std::move(payload), how); break;
      default:
        if (fields.protocol == igmp_protocol) {
          groups_.input(head, header_bytes, payload.view());
          break;
        }
        ++counters_.unknown_protocol;
        undeliverable_.unknown_protocol(head, header_bytes, payload.view(), how.group);
    }
    header_in_hand_ = {};
  }

  template <class Up>
  void input_own(buffer&& packet, Up& up) {
    const auto view = ipv4_header::of(packet.view());
    if (!view) return;
    const ipv4_fields fields = view->fields();
    ++counters_.received;
    packet.drop_front(ipv4_header::size);
    hand_up(fields, {packet.data() - ipv4_header::size, ipv4_header::size}, std::move(packet),
            {.checksum_verified = true}, up);
  }

  std::string_view name_;
  Ethernet& ethernet_;
  Arp& arp_;
  ipv4_options options_;
  ipv4_counters counters_{name_};
  ipv4_routes routes_;
  path_mtu_cache paths_;
  identification_source<std::uint16_t> identification_;
  ipv4_undeliverable_reports undeliverable_;
  ipv4_reassembler reassembler_;
  ip_loopback loopback_;
  void* up_ = nullptr;
  cbytes header_in_hand_;
  ipv4_groups<Ethernet> groups_{ethernet_, routes_, counters_};
};

}  // namespace mirage
