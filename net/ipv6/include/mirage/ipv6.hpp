// SPDX-License-Identifier: ISC
// The Internet Protocol, version 6, of one interface, with what it needs of its link: RFC 8200, RFC 4861, RFC
// 4862, RFC 6724, RFC 8201, RFC 3810.
//
//   mirage::ipv6<ethernet_0> ipv6{"ipv6", ethernet, {.address = "2001:db8::2/64"}};
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/hash.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/ethernet/wire.hpp"
#include "mirage/ip/group_membership.hpp"
#include "mirage/ip/identification.hpp"
#include "mirage/ip/loopback.hpp"
#include "mirage/ip/parking.hpp"
#include "mirage/ip/path_mtu.hpp"
#include "mirage/ip/payload.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv6/examine.hpp"
#include "mirage/ipv6/fragments.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/ipv6/link_messages.hpp"
#include "mirage/ipv6/selection.hpp"
#include "mirage/ipv6/wire.hpp"
#include "mirage/ndp/core.hpp"
#include "mirage/ndp/mld.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct ipv6_options {
  std::optional<ipv6_prefix> address{};   ///< with its network; more can be added later
  std::optional<ipv6_address> gateway{};  ///< of the default route
  std::uint32_t interface = 1;            ///< its number, in `ip_header::interface`
  ndp_options discovery{};
  reassembly_options reassembly{};
  std::size_t paths = 256;  ///< whose MTU is remembered
};

/// A packet, or what came of it, that could not be handed up, and that its sender may be told of (RFC 4443
/// §3.3, §3.4).
struct ipv6_undeliverable {
  enum class reason : std::uint8_t { problem, reassembly_time } why;
  v1::ip_header<ipv6_address> header;
  cbytes packet;  ///< from the first byte of its header; lent for the call
  parameter_problem what{};
  std::uint32_t pointer = 0;
  bool even_of_group = false;
};
using ipv6_undeliverable_handler = inline_function<void(const ipv6_undeliverable&), 16>;

/// `v1::ip`. The Ethernet must outlive it, and be started before: the address of the link is read here. A
/// packet that has to be cut is copied once; when its first fragment finds no room it is lost and counted,
/// and not an error, because it was filled in already.
template <v1::ethernet Ethernet>
class ipv6 {
 public:
  using address = ipv6_address;
  using header = v1::ip_header<ipv6_address>;

  ipv6(std::string_view name, Ethernet& ethernet, const ipv6_options& options = {})
      : name_(name),
        ethernet_(ethernet),
        options_(options),
        seed_(os::random64()),
        core_(ethernet.mac(), ethernet.capabilities().mtu, options.discovery, random_key(), os::random64()),
        groups_(os::random64()),
        parking_(options.discovery.parked_packets, options.discovery.parked_bytes),
        paths_(ndp_core::least_mtu, options.paths),
        identification_(os::random64()),
        reassembly_(options.reassembly),
        timer_([](void* self) noexcept { static_cast<ipv6*>(self)->pump(); }, this),
        reassembly_timer_([](void* self) noexcept { static_cast<ipv6*>(self)->expire(); }, this) {}
  ipv6(const ipv6&) = delete;
  ipv6& operator=(const ipv6&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Takes the address and the gateway of the options (`full` if there is no room for them) and forms an
  /// address of the link. None is used before it is known that nobody else has it, which takes one to two
  /// seconds; this does not wait for it, but `settled` does.
  task<result<void, v1::net_error>> start() {
    core_.start(os::now());
    const bool joined = groups_.join(all_nodes, false, os::now());
    const bool added = !options_.address || add_address(*options_.address);
    const bool routed = !options_.gateway || add_route({}, *options_.gateway);
    pump();
    if (!joined || !added || !routed) co_return fail(v1::net_error::full);
    co_return {};
  }
  /// Waits until no address of ours is in doubt any more. Whether there is one then `addresses` tells.
  task<> settled() {
    while (is_in_doubt()) co_await changed_;
  }

  // ---- Configuration; may change at any time ----

  /// False at a cap, or for an address that no host can have.
  bool add_address(const ipv6_prefix& address) {
    if (!core_.add_address(address, os::now())) return false;
    pump();
    return true;
  }
  void remove_address(const ipv6_address& address) noexcept {
    core_.remove_address(address);
    pump();
  }
  /// `{}` is the default route. False at the cap.
  bool add_route(const ipv6_prefix& to, const ipv6_address& gateway) noexcept {
    return core_.hops().add_route(to, gateway);
  }
  void remove_route(const ipv6_prefix& to) noexcept { core_.hops().remove_route(to); }

  [[nodiscard]] std::span<const ipv6_address> addresses() const noexcept {
    return core_.addresses().usable();
  }
  [[nodiscard]] std::uint32_t interface() const noexcept { return options_.interface; }
  /// What routers told of DNS (RFC 8106). Valid until it changes.
  [[nodiscard]] std::span<const ipv6_address> dns_servers() const noexcept { return core_.dns_servers(); }
  /// A router wants addresses, or other things, to be had by DHCPv6.
  [[nodiscard]] bool wants_dhcp_addresses() const noexcept { return core_.wants_dhcp_addresses(); }
  [[nodiscard]] bool wants_dhcp() const noexcept { return core_.wants_dhcp(); }
  /// What would be sent from, to there.
  [[nodiscard]] std::optional<ipv6_address> source_for(const ipv6_address& destination) const noexcept {
    return select_source(core_.addresses().all(), destination, os::now());
  }

  /// Joins count. `no_route` if it is no group, `full` at the cap.
  result<void, v1::net_error> join(const ipv6_address& group) noexcept {
    if (!group.is_multicast()) return fail(v1::net_error::no_route);
    if (!groups_.join(group, is_told_to_routers(group), os::now())) return fail(v1::net_error::full);
    pump();
    return {};
  }
  void leave(const ipv6_address& group) noexcept {
    groups_.leave(group, os::now());
    pump();
  }

  /// A router said that a packet was longer than `mtu`; one that no link of IPv6 has is not believed (RFC
  /// 8201 §4). The caller has found the report plausible (RFC 5927 §7).
  void packet_too_long(const ipv6_address& destination, std::uint32_t mtu, std::uint32_t length) noexcept {
    if (mtu < ndp_core::least_mtu) return drop(bad_path_reports_);
    ++path_reports_;
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
          ipv6& ip = *static_cast<ipv6*>(self);
          ip.input_own(std::move(packet), *static_cast<Up*>(ip.up_));
        },
        [](void* self) { static_cast<Up*>(static_cast<ipv6*>(self)->up_)->batch_end(); });
  }
  void on_undeliverable(ipv6_undeliverable_handler handler) noexcept {
    undeliverable_.emplace(std::move(handler));
  }
  /// The headers of the packet that is being handed up, as they came; valid in that call, while the payload
  /// is not moved. The payload stands behind them in the same memory.
  [[nodiscard]] cbytes header_in_hand() const noexcept { return header_in_hand_; }

  // ---- v1::ip ----

  result<v1::ip_route<ipv6_address>, v1::net_error> route(const ipv6_address& to) noexcept {
    const hop found = find(to);
    const auto source = source_of({.destination = to}, found);
    if (found.kind == hop_kind::none || !source) return fail(v1::net_error::no_route);
    if (found.kind == hop_kind::local)
      return v1::ip_route<ipv6_address>{*source, loopback_mtu, loopback_device};
    return v1::ip_route<ipv6_address>{*source, mtu_to(to), ethernet_.capabilities()};
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const header& head, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    const hop to = find(head.destination);
    const auto source = source_of(head, to);
    if (to.kind == hop_kind::none || !source) return refuse(no_route_, v1::net_error::no_route);
    const std::size_t payload = how.header + total_size(slices);
    if (payload > ipv6_header::greatest_payload) return refuse(too_long_, v1::net_error::too_long);
    ipv6_fields fields = fields_of(head, *source, to);
    if (to.kind == hop_kind::local) return write_own(fields, how, fill, slices);
    const std::uint32_t mtu = mtu_to(head.destination);
    if (how.segment != 0 || ipv6_header::size + payload <= mtu)
      return send(to, fields, how, fill, std::move(slices));
    if (head.dont_fragment) return refuse(too_long_, v1::net_error::too_long);
    return send_in_fragments(to, fields, how, fill, slices, mtu);
  }

  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up) {
    ++received_;
    switch (examine_ipv6(packet.view(), how.group, core_.addresses(), groups_)) {
      case ipv6_verdict::fine: break;
      case ipv6_verdict::malformed: return drop(malformed_);
      case ipv6_verdict::martian: return drop(martian_);
      case ipv6_verdict::not_ours: return drop(not_ours_);
    }
    packet.truncate(ipv6_header::of(packet.view())->total_length());
    input_chain(walk_headers(packet.view()), std::move(packet), how, up);
  }

 private:
  static constexpr std::uint32_t loopback_mtu = ipv6_header::size + ipv6_header::greatest_payload;
  static constexpr v1::capabilities loopback_device{
      .mtu = loopback_mtu, .transmit_checksum = true, .receive_checksum = true};

  enum class hop_kind : std::uint8_t { none, unicast, multicast, local };
  struct hop {
    hop_kind kind = hop_kind::none;
    ipv6_address next{};
  };

  static keyed_hash::key random_key() noexcept {
    keyed_hash::key made;
    os::random(made);
    return made;
  }
  static void drop(counter& why) noexcept { ++why; }
  result<void, v1::net_error> refuse(counter& why, v1::net_error error) noexcept {
    ++why;
    return fail(error);
  }

  // ---- Sending ----

  [[nodiscard]] hop find(const ipv6_address& to) noexcept {
    if (to.is_unspecified() || to.is_v4_mapped()) return {};
    if (to.is_multicast()) return {hop_kind::multicast, to};
    if (to.is_loopback() || core_.addresses().is_ours(to))
      return loopback_.is_attached() ? hop{hop_kind::local, to} : hop{};
    const auto next = core_.first_hop(to, os::now());
    return next ? hop{hop_kind::unicast, *next} : hop{};
  }

  /// What to send from: an address of ours, by the interface that is meant; nothing if there is none.
  [[nodiscard]] std::optional<ipv6_address> source_of(const header& head, const hop& to) const noexcept {
    if (head.interface != 0 && head.interface != options_.interface) return std::nullopt;
    if (head.source.is_unspecified())
      return to.kind == hop_kind::local ? to.next : source_for(head.destination);
    const bool own =
        core_.addresses().is_ours(head.source) || (to.kind == hop_kind::local && head.source.is_loopback());
    return own ? std::optional(head.source) : std::nullopt;
  }

  [[nodiscard]] std::uint32_t mtu_to(const ipv6_address& to) noexcept {
    return paths_.mtu(to, core_.mtu(), os::now());
  }

  [[nodiscard]] ipv6_fields fields_of(const header& head, const ipv6_address& source,
                                      const hop& to) const noexcept {
    const std::uint8_t usual = to.kind == hop_kind::multicast ? std::uint8_t{1} : core_.hop_limit();
    return {.source = source,
            .destination = head.destination,
            .next_header = static_cast<std::uint8_t>(head.protocol),
            .hop_limit = head.ttl != 0 ? head.ttl : usual,
            .traffic_class = head.traffic_class};
  }

  /// The same for all packets of a flow, and not to be foretold (RFC 6437 §3). The first four bytes of TCP
  /// and UDP are the ports.
  [[nodiscard]] std::uint32_t flow_label_of(const ipv6_fields& fields, cbytes payload) const noexcept {
    const bool has_ports = fields.next_header == static_cast<std::uint8_t>(v1::ip_protocol::tcp) ||
                           fields.next_header == static_cast<std::uint8_t>(v1::ip_protocol::udp);
    const std::uint32_t ports = has_ports && payload.size() >= 4 ? load_be32(payload.data()) : 0;
    const std::uint64_t ends = hash_mix(seed_ ^ fields.source.low(), fields.destination.low());
    return static_cast<std::uint32_t>(hash_mix(ends, std::uint64_t{ports} << 8 | fields.next_header)) &
           0xf'ffff;
  }

  template <class Fill>
  result<void, v1::net_error> send(const hop& to, ipv6_fields fields, const v1::transmit& how, Fill& fill,
                                   buffer_list slices) {
    const std::size_t behind = total_size(slices);
    v1::transmit below = how;
    below.header += ipv6_header::size;
    if (how.checksum_offset != 0)
      below.checksum_start = static_cast<std::uint16_t>(how.checksum_start + ipv6_header::size);
    auto headed = [&](bytes packet) noexcept {
      const std::size_t filled = fill(packet.subspan(ipv6_header::size));
      fields.payload_length = static_cast<std::uint16_t>(filled + behind);
      if (fields.flow_label == 0)
        fields.flow_label = flow_label_of(fields, packet.subspan(ipv6_header::size, filled));
      ipv6_header::write(packet, fields);
      return ipv6_header::size + filled;
    };
    auto sent = to_link(to, below, headed, std::move(slices));
    if (sent) ++sent_;
    return sent;
  }

  template <class Fill>
  result<void, v1::net_error> to_link(const hop& to, const v1::transmit& how, Fill& fill,
                                      buffer_list slices) {
    auto lent = [&fill](bytes room) noexcept { return fill(room); };
    if (to.kind == hop_kind::multicast)
      return ethernet_.write(multicast_station(to.next), ethertype::ipv6, how, lent, std::move(slices));
    const neighbour_cache::found next = core_.lookup(to.next, os::now());
    switch (next.what) {
      case neighbour_cache::answer::known:
        if (next.begun) timer_.set(next_timeout());
        return ethernet_.write(next.mac, ethertype::ipv6, how, lent, std::move(slices));
      case neighbour_cache::answer::asking: return park(to.next, how, fill, slices);
      case neighbour_cache::answer::failed: return refuse(unreachable_, v1::net_error::unreachable);
      case neighbour_cache::answer::full: return refuse(table_full_, v1::net_error::full);
    }
    std::unreachable();
  }

  template <class Fill>
  result<void, v1::net_error> park(const ipv6_address& next, const v1::transmit& how, Fill& fill,
                                   const buffer_list& slices) {
    if (is_too_long(ethernet_.capabilities(), how, how.header + total_size(slices)))
      return refuse(too_long_, v1::net_error::too_long);
    const bool parked = parking_.park(next, how, fill, slices);
    if (!pumping_) pump();
    if (parked) return {};
    return refuse(parking_full_, v1::net_error::full);
  }

  template <class Fill>
  result<void, v1::net_error> send_in_fragments(const hop& to, ipv6_fields fields, const v1::transmit& how,
                                                Fill& fill, const buffer_list& slices, std::uint32_t mtu) {
    buffer whole = buffer::allocate(how.header + total_size(slices));
    if (!whole) return refuse(no_memory_, v1::net_error::full);
    join_payload(whole, fill(whole.writable().first(how.header)), slices);
    const std::uint8_t protocol = std::exchange(fields.next_header, ipv6_next_header::fragment);
    finish_checksum(whole, static_cast<v1::ip_protocol>(protocol), how);
    fields.flow_label = flow_label_of(fields, {});
    const std::uint32_t identification = identification_.next(fields.source, fields.destination, 0);
    const ipv6_fragment_plan plan(whole.size(), mtu);
    for (std::size_t i = 0; i < plan.count(); ++i) {
      buffer_list slice;
      slice.push_back(whole.slice(plan.offset(i), plan.length(i)));
      auto fragment = [&](bytes room) noexcept {
        plan.fields(i, protocol, identification).write(room);
        return fragment_fields::size;
      };
      if (!send(to, fields, {.header = fragment_fields::size}, fragment, std::move(slice))) {
        ++fragments_lost_;
        return {};
      }
    }
    fragments_sent_ += plan.count();
    return {};
  }

  template <class Fill>
  result<void, v1::net_error> write_own(ipv6_fields fields, const v1::transmit& how, Fill& fill,
                                        const buffer_list& slices) {
    buffer packet;
    if (!loopback_.full()) packet = buffer::allocate(ipv6_header::size + how.header + total_size(slices));
    if (!packet) return refuse(no_memory_, v1::net_error::full);
    const std::size_t filled = fill(packet.writable().subspan(ipv6_header::size, how.header));
    join_payload(packet, ipv6_header::size + filled, slices);
    fields.payload_length = static_cast<std::uint16_t>(packet.size() - ipv6_header::size);
    ipv6_header::write(packet.writable(), fields);
    loopback_.push(std::move(packet));
    ++sent_;
    return {};
  }

  // ---- Receiving ----

  template <class Up>
  void input_chain(const header_chain& chain, buffer&& packet, const v1::received& how, Up& up) {
    switch (chain.verdict) {
      case chain_verdict::upper_layer: return hand_up(chain, std::move(packet), how, up);
      case chain_verdict::fragment: return reassemble(chain, std::move(packet), how, up);
      case chain_verdict::nothing: return drop(nothing_);
      case chain_verdict::malformed: return drop(malformed_);
      case chain_verdict::unwanted: return drop(unwanted_);
      case chain_verdict::problem:
        ++problem_;
        return tell_problem(packet.view(), chain.what, chain.pointer, chain.even_of_group, how.group);
    }
  }

  template <class Up>
  void reassemble(const header_chain& chain, buffer&& packet, const v1::received& how, Up& up) {
    const cbytes all = packet.view();
    const fragment_fields fragment = fragment_fields::read(&all[chain.offset]);
    const std::size_t before = chain.offset + fragment_fields::size;
    const fragment_place place = fragment_place_of(ipv6_header::read(all.data()), fragment, before);
    reassembled whole;
    const fragment_verdict verdict =
        reassembly_.add(place, all.first(before), all.subspan(before), os::now(), whole);
    reassembly_timer_.set(reassembly_.next_timeout());
    reassembly_evicted_ += reassembly_.take_evicted();
    switch (verdict) {
      case fragment_verdict::taken: ++fragments_received_; return;
      case fragment_verdict::complete: ++fragments_received_; break;
      case fragment_verdict::malformed:
        ++fragment_malformed_;
        return tell_malformed_fragment(place, chain, all, how);
      case fragment_verdict::duplicate: return drop(fragment_duplicate_);
      case fragment_verdict::overlap: return drop(fragment_overlap_);
      case fragment_verdict::dropped: return drop(fragment_given_up_);
      case fragment_verdict::too_many: return drop(fragment_too_many_);
      case fragment_verdict::no_memory: return drop(fragment_memory_);
      case fragment_verdict::bad_ecn: return drop(fragment_ecn_);
    }
    ++reassembled_;
    input_reassembled(whole, {.group = how.group}, up);
  }

  // §4.5: of a length that no fragment but the last may have, or that makes the packet too long.
  void tell_malformed_fragment(const fragment_place& place, const header_chain& chain, cbytes packet,
                               const v1::received& how) noexcept {
    const std::size_t size = packet.size() - chain.offset - fragment_fields::size;
    if (place.offset + size > place.greatest_end)
      tell_problem(packet, parameter_problem::erroneous_field, chain.offset + 2, false, how.group);
    else if (place.more && size % 8 != 0)
      tell_problem(packet, parameter_problem::erroneous_field, 4, false, how.group);
  }

  template <class Up>
  void input_reassembled(reassembled& whole, const v1::received& how, Up& up) {
    const std::size_t before = whole.header;
    const std::size_t fragment = before - fragment_fields::size;
    buffer packet = std::move(whole.payload);
    packet.regain_front(before);
    if (whole.congestion) packet.writable()[1] |= std::byte{0x30};
    const std::uint8_t next = std::to_integer<std::uint8_t>(packet.view()[fragment]);
    const header_chain chain = walk_headers(packet.view(), next, before, fragment, true);
    input_chain(chain, std::move(packet), how, up);
  }

  template <class Up>
  void hand_up(const header_chain& chain, buffer&& packet, const v1::received& how, Up& up) {
    const ipv6_fields fields = ipv6_header::read(packet.data());
    header head = head_of(fields);
    head.protocol = static_cast<v1::ip_protocol>(chain.protocol);
    packet.drop_front(chain.offset);
    header_in_hand_ = {packet.data() - chain.offset, chain.offset};
    switch (head.protocol) {
      case v1::ip_protocol::tcp: up.tcp(head, std::move(packet), how); break;
      case v1::ip_protocol::udp: up.udp(head, std::move(packet), how); break;
      case v1::ip_protocol::icmpv6:
        if (is_of_the_link(packet.view()))
          input_of_the_link(chain, {head.source, head.destination, head.ttl}, packet.view());
        else
          up.icmp(head, std::move(packet), how);
        break;
      default:
        ++unknown_protocol_;
        tell_problem({header_in_hand_.data(), chain.offset + packet.size()},
                     parameter_problem::unknown_header, chain.announced_at, false, how.group);
    }
    header_in_hand_ = {};
  }

  // Nothing of it comes in fragments (RFC 6980 §5).
  void input_of_the_link(const header_chain& chain, const ndp_header& from, cbytes message) noexcept {
    if (chain.was_fragment) return drop(discovery_malformed_);
    if (static_cast<icmpv6_type>(message[0]) == icmpv6_type::group_query) {
      const auto query = read_group_query(from, message);
      if (!query || !chain.router_alert) return drop(discovery_malformed_);
      groups_.queried(query->group, query->response_time, os::now());
    } else {
      switch (core_.input(from, message, os::now())) {
        case ndp_core::verdict::taken: break;
        case ndp_core::verdict::malformed: return drop(discovery_malformed_);
        case ndp_core::verdict::refused: return drop(discovery_refused_);
      }
    }
    pump();
  }

  template <class Up>
  void input_own(buffer&& packet, Up& up) {
    if (!ipv6_header::of(packet.view())) return;
    ++received_;
    input_chain(walk_headers(packet.view()), std::move(packet), {.checksum_verified = true}, up);
  }

  [[nodiscard]] header head_of(const ipv6_fields& fields) const noexcept {
    return {.source = fields.source,
            .destination = fields.destination,
            .protocol = static_cast<v1::ip_protocol>(fields.next_header),
            .ttl = fields.hop_limit,
            .traffic_class = fields.traffic_class,
            .interface = options_.interface};
  }

  void tell_problem(cbytes packet, parameter_problem what, std::size_t pointer, bool even_of_group,
                    bool group) noexcept {
    const header head = head_of(ipv6_header::read(packet.data()));
    const bool to_group = group || head.destination.is_multicast();
    if (!undeliverable_ || (to_group && !even_of_group) || !may_be_answered_with_error(packet)) return;
    (*undeliverable_)({.why = ipv6_undeliverable::reason::problem,
                       .header = head,
                       .packet = packet,
                       .what = what,
                       .pointer = static_cast<std::uint32_t>(pointer),
                       .even_of_group = even_of_group});
  }

  void expire() noexcept {
    while (const auto late = reassembly_.expire(os::now())) {
      ++reassembly_time_;
      // Only the first fragment tells the sender what it is about (RFC 8200 §4.5).
      if (late->header == 0 || !undeliverable_) continue;
      const cbytes packet{late->payload.data() - late->header, late->header + late->payload.size()};
      const header head = head_of(ipv6_header::read(packet.data()));
      if (head.destination.is_multicast() || !may_be_answered_with_error(packet)) continue;
      (*undeliverable_)(
          {.why = ipv6_undeliverable::reason::reassembly_time, .header = head, .packet = packet});
    }
    reassembly_timer_.set(reassembly_.next_timeout());
  }

  // ---- The link ----

  [[nodiscard]] bool is_in_doubt() const noexcept {
    for (const own_address& each : core_.addresses().all())
      if (each.tentative) return true;
    return false;
  }

  [[nodiscard]] instant next_timeout() const noexcept {
    return std::min(core_.next_timeout(), groups_.next_timeout());
  }

  void pump() noexcept {
    pumping_ = true;
    // Whoever asks whether an address is somebody's listens for the answer first (RFC 4862 §5.4.2).
    follow_addresses();
    for (ndp_action next = core_.poll(os::now()); next; next = core_.poll(os::now())) act(next);
    follow_addresses();
    while (const auto report = groups_.poll(os::now())) send_report(*report);
    pumping_ = false;
    timer_.set(next_timeout());
  }

  void act(const ndp_action& action) noexcept {
    using kind = ndp_action::kind;
    switch (action.what) {
      case kind::none: return;
      case kind::solicit_neighbour:
      case kind::advertise:
      case kind::solicit_routers: return send_message(action);
      case kind::resolved:
        parking_.release(action.target,
                         [&](const v1::transmit& how, cbytes packet) { unpark(action.link, how, packet); });
        return;
      case kind::failed: unanswered_ += parking_.drop(action.target); return;
      case kind::duplicate: ++duplicates_; break;
      case kind::usable:
      case kind::gone: break;
    }
    changed_.notify();
  }

  void send_message(const ndp_action& action) noexcept {
    auto fill = [&](bytes room) noexcept {
      const std::size_t size = core_.emit(action, room.subspan(ipv6_header::size));
      ipv6_header::write(room, {.source = action.source,
                                .destination = action.destination,
                                .next_header = icmpv6_header::next_header,
                                .hop_limit = 255,
                                .payload_length = static_cast<std::uint16_t>(size)});
      return ipv6_header::size + size;
    };
    const v1::transmit how{.header = ipv6_header::size + greatest_ndp_message};
    const auto sent = action.link.is_zero() ? to_link({hop_kind::unicast, action.destination}, how, fill, {})
                                            : ethernet_.write(action.link, ethertype::ipv6, how, fill, {});
    ++(sent ? discovery_sent_ : discovery_not_sent_);
  }

  void send_report(const group_report& report) noexcept {
    const ndp_header from{report_source(), all_mld_routers, 1};
    auto fill = [&](bytes room) noexcept { return write_report_packet(room, from, report); };
    const v1::transmit how{.header = report_packet_size(report)};
    const auto sent = ethernet_.write(multicast_station(all_mld_routers), ethertype::ipv6, how, fill, {});
    ++(sent ? discovery_sent_ : discovery_not_sent_);
  }
  // RFC 3810 §5.2.13: an address of the link, or none.
  [[nodiscard]] ipv6_address report_source() const noexcept {
    const ipv6_address speaker = core_.addresses().speaker_to(all_mld_routers);
    return speaker.is_link_local() ? speaker : ipv6_address{};
  }

  void unpark(mac_address to, const v1::transmit& how, cbytes packet) noexcept {
    auto fill = [packet](bytes room) noexcept {
      std::memcpy(room.data(), packet.data(), packet.size());
      return packet.size();
    };
    if (!ethernet_.write(to, ethertype::ipv6, how, fill, {})) ++link_refused_;
  }

  /// We are in the group of each address of ours, and of those that are to be (RFC 4291 §2.8).
  void follow_addresses() noexcept {
    const std::span<const own_address> now = core_.addresses().all();
    inline_vector<ipv6_address, own_addresses::most> kept;
    for (const ipv6_address& each : followed_) {
      if (core_.addresses().find(each) != nullptr)
        kept.push_back(each);
      else
        groups_.leave(solicited_node(each), os::now());
    }
    for (const own_address& each : now) {
      if (std::ranges::find(kept, each.address()) != kept.end()) continue;
      if (groups_.join(solicited_node(each.address()), true, os::now())) kept.push_back(each.address());
    }
    followed_ = kept;
  }

  std::string_view name_;
  Ethernet& ethernet_;
  ipv6_options options_;
  std::uint64_t seed_;
  ndp_core core_;
  group_membership groups_;
  packet_parking parking_;
  path_mtu_cache paths_;
  identification_source<std::uint32_t> identification_;
  ip_reassembly reassembly_;
  ip_loopback loopback_;
  inline_vector<ipv6_address, own_addresses::most> followed_;
  bool pumping_ = false;
  void* up_ = nullptr;
  std::optional<ipv6_undeliverable_handler> undeliverable_;
  cbytes header_in_hand_;
  event changed_;
  alarm timer_;
  alarm reassembly_timer_;

  metric_label label_{"device", name_};
  counter received_{"ipv6_received_packets_total", {label_}, "Packets that came"};
  counter sent_{"ipv6_sent_packets_total", {label_}, "Packets that the link took"};
  counter fragments_received_{"ipv6_received_fragments_total", {label_}, "Fragments that were of use"};
  counter fragments_sent_{"ipv6_sent_fragments_total", {label_}, "Fragments of packets that went out whole"};
  counter reassembled_{"ipv6_reassembled_total", {label_}, "Packets put together from fragments"};
  counter path_reports_{
      "ipv6_path_mtu_reports_total", {label_}, "Reports of packets too long for their path"};
  counter discovery_sent_{
      "ipv6_sent_discovery_messages_total", {label_}, "Messages to neighbours, routers and listeners"};
  counter duplicates_{
      "ipv6_duplicate_addresses_total", {label_}, "Messages that show an address of ours in use by another"};
  counter malformed_{"ipv6_dropped_total", {label_, {"reason", "malformed"}}, "Packets that were dropped"};
  counter martian_{"ipv6_dropped_total", {label_, {"reason", "martian"}}};
  counter not_ours_{"ipv6_dropped_total", {label_, {"reason", "not_ours"}}};
  counter nothing_{"ipv6_dropped_total", {label_, {"reason", "no_next_header"}}};
  counter unwanted_{"ipv6_dropped_total", {label_, {"reason", "option_says_so"}}};
  counter problem_{"ipv6_dropped_total", {label_, {"reason", "parameter_problem"}}};
  counter unknown_protocol_{"ipv6_dropped_total", {label_, {"reason", "unknown_protocol"}}};
  counter discovery_malformed_{"ipv6_dropped_total", {label_, {"reason", "discovery_malformed"}}};
  counter discovery_refused_{"ipv6_dropped_total", {label_, {"reason", "discovery_refused"}}};
  counter bad_path_reports_{"ipv6_dropped_total", {label_, {"reason", "path_mtu_report_below_1280"}}};
  counter unanswered_{"ipv6_dropped_total", {label_, {"reason", "unanswered"}}};
  counter link_refused_{"ipv6_dropped_total", {label_, {"reason", "network"}}};
  counter fragment_duplicate_{"ipv6_dropped_total", {label_, {"reason", "fragment_duplicate"}}};
  counter fragment_malformed_{"ipv6_dropped_total", {label_, {"reason", "fragment_malformed"}}};
  counter fragment_overlap_{"ipv6_dropped_total", {label_, {"reason", "fragment_overlap"}}};
  counter fragment_given_up_{"ipv6_dropped_total", {label_, {"reason", "fragment_given_up"}}};
  counter fragment_too_many_{"ipv6_dropped_total", {label_, {"reason", "fragment_too_many"}}};
  counter fragment_memory_{"ipv6_dropped_total", {label_, {"reason", "fragment_memory"}}};
  counter fragment_ecn_{"ipv6_dropped_total", {label_, {"reason", "fragment_ecn"}}};
  counter reassembly_time_{
      "ipv6_reassembly_failed_total", {label_, {"reason", "time"}}, "Packets that stayed incomplete"};
  counter reassembly_evicted_{"ipv6_reassembly_failed_total", {label_, {"reason", "evicted"}}};
  gauge reassembly_memory_{"ipv6_reassembly_memory_bytes",
                           {label_},
                           "Memory of incomplete packets",
                           reassembly_,
                           [](const ip_reassembly& from) { return from.memory(); }};
  counter no_route_{"ipv6_refused_total", {label_, {"reason", "no_route"}}, "Packets that were not taken"};
  counter too_long_{"ipv6_refused_total", {label_, {"reason", "too_long"}}};
  counter no_memory_{"ipv6_refused_total", {label_, {"reason", "memory"}}};
  counter unreachable_{"ipv6_refused_total", {label_, {"reason", "unreachable"}}};
  counter table_full_{"ipv6_refused_total", {label_, {"reason", "table_full"}}};
  counter parking_full_{"ipv6_refused_total", {label_, {"reason", "parking_full"}}};
  counter fragments_lost_{
      "ipv6_send_failed_total", {label_, {"reason", "link"}}, "Packets of which a fragment was not taken"};
  counter discovery_not_sent_{"ipv6_send_failed_total", {label_, {"reason", "discovery"}}};
};

}  // namespace mirage
