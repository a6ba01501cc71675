// SPDX-License-Identifier: ISC
// IPv6 and its link: neighbours are found, addresses formed and tested, routers listened to and groups
// reported, and packets given to the neighbour they are for: RFC 4861, RFC 4862, RFC 3810. What is decided
// there net/ndp and net/ip decide; here it is done.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/ethernet/wire.hpp"
#include "mirage/ip/group_membership.hpp"
#include "mirage/ip/parking.hpp"
#include "mirage/ipv6/counters.hpp"
#include "mirage/ipv6/header_chain.hpp"
#include "mirage/ipv6/hop.hpp"
#include "mirage/ipv6/link_messages.hpp"
#include "mirage/ipv6/solicited_groups.hpp"
#include "mirage/ndp/core.hpp"
#include "mirage/ndp/mld.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// The Ethernet and the counters must outlive it, and the Ethernet be started before: the address of the link
/// is read here.
template <v1::ethernet Ethernet>
class ipv6_link {
 public:
  ipv6_link(Ethernet& ethernet, const ndp_options& options, ipv6_counters& counters)
      : ethernet_(ethernet),
        counters_(counters),
        core_(ethernet.mac(), ethernet.capabilities().mtu, options, random_key(), os::random64()),
        groups_(os::random64()),
        parking_(options.parked_packets, options.parked_bytes),
        timer_([](void* self) noexcept { static_cast<ipv6_link*>(self)->pump(); }, this) {}
  ipv6_link(const ipv6_link&) = delete;
  ipv6_link& operator=(const ipv6_link&) = delete;

  /// Forms an address of the link. False if there is no room for the address or the gateway.
  bool start(const std::optional<ipv6_prefix>& address, const std::optional<ipv6_address>& gateway) {
    core_.start(os::now());
    const bool joined = groups_.join(all_nodes, false, os::now());
    const bool added = !address || add_address(*address);
    const bool routed = !gateway || hops().add_route({}, *gateway);
    pump();
    return joined && added && routed;
  }
  /// Waits until no address of ours is in doubt any more.
  task<> settled() {
    while (is_in_doubt()) co_await changed_;
  }

  /// False at a cap, or for an address that no host can have.
  bool add_address(const ipv6_prefix& address) {
    if (!core_.add_address(address, os::now())) return false;
    pump();
    return true;
  }
  /// One that DHCPv6 leases, for so long. False as above.
  bool lease_address(const ipv6_address& address, duration preferred, duration valid) {
    const instant now = os::now();
    if (!core_.lease_address(address, later(now, preferred), later(now, valid), now)) return false;
    pump();
    return true;
  }
  void remove_address(const ipv6_address& address) noexcept {
    core_.remove_address(address);
    pump();
  }
  void announce() noexcept {
    core_.announce(os::now());
    pump();
  }
  [[nodiscard]] const own_addresses& addresses() const noexcept { return core_.addresses(); }
  /// Notified when there are other addresses, and when a router has spoken.
  [[nodiscard]] event& changed() noexcept { return changed_; }
  [[nodiscard]] first_hops& hops() noexcept { return core_.hops(); }
  [[nodiscard]] const ndp_core& discovery() const noexcept { return core_; }
  [[nodiscard]] ipv6_hop find_hop(const ipv6_address& to, bool to_ourselves) noexcept {
    return mirage::find_hop(core_, to, to_ourselves, os::now());
  }

  [[nodiscard]] const group_membership& groups() const noexcept { return groups_; }
  /// Joins count. False at the cap.
  bool join(const ipv6_address& group) noexcept {
    if (!groups_.join(group, is_told_to_routers(group), os::now())) return false;
    pump();
    return true;
  }
  void leave(const ipv6_address& group) noexcept {
    groups_.leave(group, os::now());
    pump();
  }

  void on_unanswered(unanswered_handler handler) noexcept { parking_.on_unanswered(std::move(handler)); }

  /// To a neighbour or a group, a packet from `source`. One for a neighbour who is not known yet waits for
  /// the answer, in a bounded room.
  template <class Fill>
  result<void, v1::net_error> write(const ipv6_hop& to, const ipv6_address& source, const v1::transmit& how,
                                    Fill& fill, buffer_list&& slices) {
    auto lent = [&fill](bytes room) noexcept { return fill(room); };
    if (to.what == ipv6_hop::kind::multicast)
      return ethernet_.write(multicast_station(to.next), ethertype::ipv6, how, lent, std::move(slices));
    const neighbour_cache::found next = core_.lookup(to.next, os::now(), source);
    switch (next.what) {
      case neighbour_cache::answer::known:
        if (next.begun) timer_.set(next_timeout());
        return ethernet_.write(next.mac, ethertype::ipv6, how, lent, std::move(slices));
      case neighbour_cache::answer::asking: return park(to.next, how, fill, slices);
      case neighbour_cache::answer::failed: return refuse(counters_.unreachable, v1::net_error::unreachable);
      case neighbour_cache::answer::full: return refuse(counters_.table_full, v1::net_error::full);
    }
    std::unreachable();
  }

  /// A message of `is_of_the_link`. Nothing of it comes in fragments (RFC 6980 §5).
  void input(const header_chain& chain, const ndp_header& from, cbytes message) noexcept {
    if (chain.was_fragment) return drop(counters_.discovery_malformed);
    if (static_cast<icmpv6_type>(message[0]) == icmpv6_type::group_query) {
      const auto query = read_group_query(from, message);
      if (!query || !chain.router_alert) return drop(counters_.discovery_malformed);
      groups_.queried(query->group, query->response_time, os::now());
    } else {
      switch (core_.input(from, message, os::now())) {
        case ndp_core::verdict::taken:
          if (static_cast<icmpv6_type>(message[0]) == icmpv6_type::router_advertisement) changed_.notify();
          break;
        case ndp_core::verdict::malformed: return drop(counters_.discovery_malformed);
        case ndp_core::verdict::refused: return drop(counters_.discovery_refused);
      }
    }
    pump();
  }

 private:
  static keyed_hash::key random_key() noexcept {
    keyed_hash::key made;
    os::random(made);
    return made;
  }
  static void drop(counter& why) noexcept { ++why; }

  [[nodiscard]] bool is_in_doubt() const noexcept {
    return std::ranges::any_of(addresses().all(), [](const own_address& each) { return each.tentative; });
  }

  [[nodiscard]] instant next_timeout() const noexcept {
    return std::min(core_.next_timeout(), groups_.next_timeout());
  }

  void pump() noexcept {
    pumping_ = true;
    // Whoever asks whether an address is somebody's listens for the answer first, and says so to switches
    // that listen (RFC 4862 §5.4.2).
    report_groups();
    for (ndp_action next = core_.poll(os::now()); next; next = core_.poll(os::now())) act(next);
    report_groups();
    pumping_ = false;
    timer_.set(next_timeout());
  }
  void report_groups() noexcept {
    solicited_.follow(addresses(), groups_, os::now());
    while (const auto report = groups_.poll(os::now())) send_report(*report);
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
      case kind::failed: counters_.unanswered += parking_.give_up(action.target); return;
      case kind::duplicate: ++counters_.duplicates; break;
      case kind::usable:
      case kind::gone: break;
    }
    changed_.notify();
  }

  void send_message(const ndp_action& action) noexcept {
    auto write_it = [&](bytes room) noexcept { return write_discovery_packet(room, core_, action); };
    any_fill fill(write_it);
    const v1::transmit how{.header = greatest_discovery_packet};
    const auto sent = action.link.is_zero()
                          ? write({ipv6_hop::kind::unicast, action.destination}, action.source, how, fill, {})
                          : ethernet_.write(action.link, ethertype::ipv6, how, fill, {});
    ++(sent ? counters_.discovery_sent : counters_.discovery_not_sent);
  }

  void send_report(const group_report& report) noexcept {
    const ndp_header from = report_header(addresses());
    auto fill = [&](bytes room) noexcept { return write_report_packet(room, from, report); };
    const v1::transmit how{.header = report_packet_size(report)};
    const auto sent =
        ethernet_.write(multicast_station(from.destination), ethertype::ipv6, how, any_fill(fill), {});
    ++(sent ? counters_.discovery_sent : counters_.discovery_not_sent);
  }

  result<void, v1::net_error> park(const ipv6_address& next, const v1::transmit& how, any_fill fill,
                                   const buffer_list& slices) {
    if (is_too_long(ethernet_.capabilities(), how, how.header + total_size(slices)))
      return refuse(counters_.too_long, v1::net_error::too_long);
    const bool parked = parking_.park(next, how, fill, slices);
    if (!pumping_) pump();
    if (parked) return {};
    return refuse(counters_.parking_full, v1::net_error::full);
  }

  void unpark(mac_address to, const v1::transmit& how, cbytes packet) noexcept {
    auto fill = [packet](bytes room) noexcept {
      std::memcpy(room.data(), packet.data(), packet.size());
      return packet.size();
    };
    if (!ethernet_.write(to, ethertype::ipv6, how, any_fill(fill), {})) ++counters_.link_refused;
  }

  Ethernet& ethernet_;
  ipv6_counters& counters_;
  ndp_core core_;
  group_membership groups_;
  solicited_groups solicited_;
  packet_parking parking_;
  bool pumping_ = false;
  event changed_;
  alarm timer_;
};

}  // namespace mirage
