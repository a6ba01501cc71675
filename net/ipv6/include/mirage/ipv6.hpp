// SPDX-License-Identifier: ISC
// The Internet Protocol, version 6, of one interface, with what it needs of its link: RFC 8200, RFC 4861, RFC
// 4862, RFC 6724, RFC 8201, RFC 3810.
//
//   mirage::ipv6<ethernet_0> ipv6{"ipv6", ethernet, {.address = "2001:db8::2/64"}};
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/core/os.hpp"
#include "mirage/ip/identification.hpp"
#include "mirage/ip/loopback.hpp"
#include "mirage/ip/path_mtu.hpp"
#include "mirage/ip/payload.hpp"
#include "mirage/ip/reach.hpp"
#include "mirage/ipv6/counters.hpp"
#include "mirage/ipv6/examine.hpp"
#include "mirage/ipv6/fields.hpp"
#include "mirage/ipv6/fragments.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/ipv6/hop.hpp"
#include "mirage/ipv6/link.hpp"
#include "mirage/ipv6/reassembler.hpp"
#include "mirage/ipv6/selection.hpp"
#include "mirage/ipv6/undeliverable.hpp"
#include "mirage/ipv6/wire.hpp"
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
        flow_seed_(os::random64()),
        link_(ethernet, options.discovery, counters_),
        paths_(ndp_core::least_mtu, options.paths),
        identification_(os::random64()),
        undeliverable_(options.interface),
        reassembler_(options.reassembly, counters_, undeliverable_) {}
  ipv6(const ipv6&) = delete;
  ipv6& operator=(const ipv6&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Takes the address and the gateway of the options (`full` if there is no room for them) and forms an
  /// address of the link. None is used before it is known that nobody else has it, which takes one to two
  /// seconds; this does not wait for it, but `settled` does.
  task<result<void, v1::net_error>> start() {
    if (!link_.start(options_.address, options_.gateway)) co_return fail(v1::net_error::full);
    co_return {};
  }
  /// Waits until no address of ours is in doubt any more. Whether there is one then `addresses` tells.
  task<> settled() { return link_.settled(); }

  // ---- Configuration; may change at any time ----

  /// False at a cap, or for an address that no host can have.
  bool add_address(const ipv6_prefix& address) { return link_.add_address(address); }
  /// One that DHCPv6 leases, without a network, for so long; one that is there gets the new times. False as
  /// above.
  bool lease_address(const ipv6_address& address, duration preferred, duration valid) {
    return link_.lease_address(address, preferred, valid);
  }
  void remove_address(const ipv6_address& address) noexcept { link_.remove_address(address); }
  /// Tells the link of all addresses that are ours, unasked (RFC 4861 §7.2.6): we may be at another place.
  void announce() noexcept { link_.announce(); }
  /// Whether it is ours, or will be if nobody else turns out to have it.
  [[nodiscard]] bool has_address(const ipv6_address& address) const noexcept {
    return link_.addresses().find(address) != nullptr;
  }
  /// `{}` is the default route. False at the cap.
  bool add_route(const ipv6_prefix& to, const ipv6_address& gateway) noexcept {
    return link_.hops().add_route(to, gateway);
  }
  void remove_route(const ipv6_prefix& to) noexcept { link_.hops().remove_route(to); }

  [[nodiscard]] std::span<const ipv6_address> addresses() const noexcept {
    return link_.addresses().usable();
  }
  [[nodiscard]] std::uint32_t interface() const noexcept { return options_.interface; }
  /// How near a destination is by this interface; nothing if there is no way, or nothing to send from.
  [[nodiscard]] std::optional<ip_reach> reach(const ipv6_address& to) noexcept {
    using kind = ipv6_hop::kind;
    const ipv6_hop hop = link_.find_hop(to, loopback_.is_attached());
    if (hop.what == kind::none || !source_of({.destination = to}, hop)) return std::nullopt;
    const bool ours = hop.what == kind::local;
    const auto length = hop.what == kind::unicast ? link_.discovery().hops().prefix_length_to(to, os::now())
                                                  : std::optional<std::uint8_t>(std::uint8_t{0});
    return ip_reach{ours, length.value_or(0)};
  }
  /// What would be sent from, to there, and whether it is better than what another interface would send from
  /// (RFC 6724 §5). Null if there is nothing; valid until the addresses change.
  [[nodiscard]] const own_address* best_source(const ipv6_address& to) const noexcept {
    return mirage::best_source(link_.addresses().all(), to, os::now());
  }
  [[nodiscard]] static bool is_better_source(const own_address& one, const own_address& other,
                                             const ipv6_address& to) noexcept {
    return mirage::is_better_source(one, other, to, os::now());
  }
  /// What routers told of DNS (RFC 8106). Valid until it changes.
  [[nodiscard]] std::span<const ipv6_address> dns_servers() const noexcept {
    return link_.discovery().dns_servers();
  }
  /// A router wants addresses, or other things, to be had by DHCPv6.
  [[nodiscard]] bool wants_dhcp_addresses() const noexcept {
    return link_.discovery().wants_dhcp_addresses();
  }
  [[nodiscard]] bool wants_dhcp() const noexcept { return link_.discovery().wants_dhcp(); }
  /// Notified when there are other addresses, and when a router has spoken.
  [[nodiscard]] event& changed() noexcept { return link_.changed(); }
  /// What would be sent from, to there.
  [[nodiscard]] std::optional<ipv6_address> source_for(const ipv6_address& destination) const noexcept {
    return select_source(link_.addresses().all(), destination, os::now());
  }

  /// Joins count. `no_route` if it is no group, `full` at the cap.
  result<void, v1::net_error> join(const ipv6_address& group) noexcept {
    if (!group.is_multicast()) return fail(v1::net_error::no_route);
    if (!link_.join(group)) return fail(v1::net_error::full);
    return {};
  }
  void leave(const ipv6_address& group) noexcept { link_.leave(group); }

  /// A router said that a packet was longer than `mtu`; one that no link of IPv6 has is not believed (RFC
  /// 8201 §4). The caller has found the report plausible (RFC 5927 §7).
  void packet_too_long(const ipv6_address& destination, std::uint32_t mtu, std::uint32_t length) noexcept {
    if (mtu < ndp_core::least_mtu) return drop(counters_.bad_path_reports);
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
          ipv6& ip = *static_cast<ipv6*>(self);
          ip.input_own(std::move(packet), *static_cast<Up*>(ip.up_));
        },
        [](void* self) { static_cast<Up*>(static_cast<ipv6*>(self)->up_)->batch_end(); });
  }
  void on_undeliverable(ipv6_undeliverable_handler handler) noexcept {
    undeliverable_.set_handler(std::move(handler));
  }
  /// A packet of ours that waited in vain for its neighbour (RFC 4861 §7.2.2). The handler sends nothing.
  void on_unanswered(unanswered_handler handler) noexcept { link_.on_unanswered(std::move(handler)); }
  /// The headers of the packet that is being handed up, as they came; valid in that call, while the payload
  /// is not moved. The payload stands behind them in the same memory.
  [[nodiscard]] cbytes header_in_hand() const noexcept { return header_in_hand_; }

  // ---- v1::ip ----

  result<v1::ip_route<ipv6_address>, v1::net_error> route(const ipv6_address& to) noexcept {
    const ipv6_hop hop = link_.find_hop(to, loopback_.is_attached());
    const auto source = source_of({.destination = to}, hop);
    if (hop.what == ipv6_hop::kind::none || !source) return fail(v1::net_error::no_route);
    if (hop.what == ipv6_hop::kind::local)
      return v1::ip_route<ipv6_address>{*source, loopback_mtu, loopback_device};
    return v1::ip_route<ipv6_address>{*source, mtu_to(to), ethernet_.capabilities()};
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const header& head, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    return write_any(head, how, fill, std::move(slices));
  }

  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up) {
    ++counters_.received;
    switch (examine_ipv6(packet.view(), how.group, link_.addresses(), link_.groups())) {
      case ipv6_verdict::fine: break;
      case ipv6_verdict::malformed: return drop(counters_.malformed);
      case ipv6_verdict::martian: return drop(counters_.martian);
      case ipv6_verdict::from_us: return drop(counters_.from_us);
      case ipv6_verdict::not_ours: return drop(counters_.not_ours);
    }
    packet.truncate(ipv6_header::of(packet.view())->total_length());
    input_chain(walk_headers(packet.view()), std::move(packet), how, up);
  }

 private:
  static constexpr std::uint32_t loopback_mtu = ipv6_header::size + ipv6_header::greatest_payload;
  static constexpr v1::capabilities loopback_device{
      .mtu = loopback_mtu, .transmit_checksum = true, .receive_checksum = true};

  static void drop(counter& why) noexcept { ++why; }

  // ---- Sending; compiled once, whoever fills ----

  result<void, v1::net_error> write_any(const header& head, const v1::transmit& how, any_fill fill,
                                        buffer_list&& slices) {
    const ipv6_hop to = link_.find_hop(head.destination, loopback_.is_attached());
    const auto source = source_of(head, to);
    if (to.what == ipv6_hop::kind::none || !source)
      return refuse(counters_.no_route, v1::net_error::no_route);
    const std::size_t payload = how.header + total_size(slices);
    if (payload > ipv6_header::greatest_payload) return refuse(counters_.too_long, v1::net_error::too_long);
    const ipv6_fields fields = fields_to_send(head, *source, hop_limit_to(to));
    if (to.what == ipv6_hop::kind::local) return write_own(fields, how, fill, slices);
    const std::uint32_t mtu = mtu_to(head.destination);
    if (how.segment != 0 || ipv6_header::size + payload <= mtu)
      return send(to, fields, how, fill, std::move(slices));
    if (head.dont_fragment) return refuse(counters_.too_long, v1::net_error::too_long);
    return send_in_fragments(to, fields, how, fill, slices, mtu);
  }

  [[nodiscard]] std::optional<ipv6_address> source_of(const header& head, const ipv6_hop& to) const noexcept {
    return find_source(link_.addresses(), head, to, options_.interface, os::now());
  }
  [[nodiscard]] std::uint32_t mtu_to(const ipv6_address& to) noexcept {
    return paths_.mtu(to, link_.discovery().mtu(), os::now());
  }
  [[nodiscard]] std::uint8_t hop_limit_to(const ipv6_hop& to) const noexcept {
    return to.what == ipv6_hop::kind::multicast ? std::uint8_t{1} : link_.discovery().hop_limit();
  }

  result<void, v1::net_error> send(const ipv6_hop& to, ipv6_fields fields, const v1::transmit& how,
                                   any_fill fill, buffer_list&& slices) {
    const std::size_t behind = total_size(slices);
    v1::transmit below = how;
    below.header += ipv6_header::size;
    if (how.checksum_offset != 0)
      below.checksum_start = static_cast<std::uint16_t>(how.checksum_start + ipv6_header::size);
    auto headed = [&](bytes packet) noexcept {
      const std::size_t filled = fill(packet.subspan(ipv6_header::size));
      fields.payload_length = static_cast<std::uint16_t>(filled + behind);
      if (fields.flow_label == 0)
        fields.flow_label = flow_label_of(fields, packet.subspan(ipv6_header::size, filled), flow_seed_);
      ipv6_header::write(packet, fields);
      return ipv6_header::size + filled;
    };
    auto sent = link_.write(to, fields.source, below, headed, std::move(slices));
    if (sent) ++counters_.sent;
    return sent;
  }

  result<void, v1::net_error> send_in_fragments(const ipv6_hop& to, ipv6_fields fields,
                                                const v1::transmit& how, any_fill fill,
                                                const buffer_list& slices, std::uint32_t mtu) {
    buffer whole = buffer::allocate(how.header + total_size(slices));
    if (!whole) return refuse(counters_.no_memory, v1::net_error::full);
    join_payload(whole, fill(whole.writable().first(how.header)), slices);
    const std::uint8_t protocol = std::exchange(fields.next_header, ipv6_next_header::fragment);
    finish_checksum(whole, static_cast<v1::ip_protocol>(protocol), how);
    fields.flow_label = flow_label_of(fields, {}, flow_seed_);
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
        ++counters_.fragments_lost;
        return {};
      }
    }
    counters_.fragments_sent += plan.count();
    return {};
  }

  result<void, v1::net_error> write_own(ipv6_fields fields, const v1::transmit& how, any_fill fill,
                                        const buffer_list& slices) {
    buffer packet;
    if (!loopback_.full()) packet = buffer::allocate(ipv6_header::size + how.header + total_size(slices));
    if (!packet) return refuse(counters_.no_memory, v1::net_error::full);
    const std::size_t filled = fill(packet.writable().subspan(ipv6_header::size, how.header));
    join_payload(packet, ipv6_header::size + filled, slices);
    fields.payload_length = static_cast<std::uint16_t>(packet.size() - ipv6_header::size);
    ipv6_header::write(packet.writable(), fields);
    loopback_.push(std::move(packet));
    ++counters_.sent;
    return {};
  }

  // ---- Receiving ----

  template <class Up>
  void input_chain(const header_chain& chain, buffer&& packet, const v1::received& how, Up& up) {
    switch (chain.verdict) {
      case chain_verdict::upper_layer: return hand_up(chain, std::move(packet), how, up);
      case chain_verdict::fragment: return input_fragment(chain, packet.view(), how, up);
      case chain_verdict::nothing: return drop(counters_.nothing);
      case chain_verdict::malformed: return drop(counters_.malformed);
      case chain_verdict::unwanted: return drop(counters_.unwanted);
      case chain_verdict::problem:
        ++counters_.problem;
        return undeliverable_.problem(packet.view(), chain.what, chain.pointer, chain.even_of_group,
                                      how.group);
    }
  }

  template <class Up>
  void input_fragment(const header_chain& chain, cbytes packet, const v1::received& how, Up& up) {
    auto whole = reassembler_.add(chain, packet, how.group);
    if (whole) input_chain(whole->chain, std::move(whole->packet), {.group = how.group}, up);
  }

  template <class Up>
  void hand_up(const header_chain& chain, buffer&& packet, const v1::received& how, Up& up) {
    const ipv6_fields fields = ipv6_header::read(packet.data());
    header head = received_header(fields, options_.interface);
    head.protocol = static_cast<v1::ip_protocol>(chain.protocol);
    packet.drop_front(chain.offset);
    header_in_hand_ = {packet.data() - chain.offset, chain.offset};
    switch (head.protocol) {
      case v1::ip_protocol::tcp: up.tcp(head, std::move(packet), how); break;
      case v1::ip_protocol::udp: up.udp(head, std::move(packet), how); break;
      case v1::ip_protocol::icmpv6:
        if (is_of_the_link(packet.view()))
          link_.input(chain, {head.source, head.destination, head.ttl}, packet.view());
        else
          up.icmp(head, std::move(packet), how);
        break;
      default:
        ++counters_.unknown_protocol;
        undeliverable_.problem({header_in_hand_.data(), chain.offset + packet.size()},
                               parameter_problem::unknown_header, chain.announced_at, false, how.group);
    }
    header_in_hand_ = {};
  }

  template <class Up>
  void input_own(buffer&& packet, Up& up) {
    if (!ipv6_header::of(packet.view())) return;
    ++counters_.received;
    input_chain(walk_headers(packet.view()), std::move(packet), {.checksum_verified = true}, up);
  }

  std::string_view name_;
  Ethernet& ethernet_;
  ipv6_options options_;
  ipv6_counters counters_{name_};
  std::uint64_t flow_seed_;
  ipv6_link<Ethernet> link_;
  path_mtu_cache paths_;
  identification_source<std::uint32_t> identification_;
  ipv6_undeliverable_reports undeliverable_;
  ipv6_reassembler reassembler_;
  ip_loopback loopback_;
  void* up_ = nullptr;
  cbytes header_in_hand_;
};

}  // namespace mirage
