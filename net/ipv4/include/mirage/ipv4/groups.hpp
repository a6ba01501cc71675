// SPDX-License-Identifier: ISC
// The groups of an interface, and IGMP with the routers of its link: RFC 1112 §7, RFC 3376. What is said when
// net/igmp decides; here it is sent.
#pragma once

#include <optional>

#include "mirage/any_fill.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/ethernet/wire.hpp"
#include "mirage/igmp/core.hpp"
#include "mirage/ipv4/counters.hpp"
#include "mirage/ipv4/fragments.hpp"
#include "mirage/ipv4/header_options.hpp"
#include "mirage/ipv4/igmp_packet.hpp"
#include "mirage/ipv4/routes.hpp"
#include "mirage/ipv4/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// All that it is given must outlive it.
template <v1::ethernet Ethernet>
class ipv4_groups {
 public:
  ipv4_groups(Ethernet& ethernet, const ipv4_routes& routes, ipv4_counters& counters)
      : ethernet_(ethernet),
        routes_(routes),
        counters_(counters),
        core_(os::random64()),
        timer_([](void* self) noexcept { static_cast<ipv4_groups*>(self)->pump(); }, this) {}
  ipv4_groups(const ipv4_groups&) = delete;
  ipv4_groups& operator=(const ipv4_groups&) = delete;

  [[nodiscard]] const igmp_host& joined() const noexcept { return core_; }
  /// Joins count. `no_route` if it is no group, `full` at the cap.
  result<void, v1::net_error> join(ipv4_address group) noexcept {
    if (!group.is_multicast()) return fail(v1::net_error::no_route);
    if (!core_.join(group, os::now())) return fail(v1::net_error::full);
    pump();
    return {};
  }
  void leave(ipv4_address group) noexcept {
    core_.leave(group, os::now());
    pump();
  }

  /// A message, with the header that it came with.
  void input(const v1::ip_header<ipv4_address>& head, cbytes header, cbytes message) noexcept {
    const bool alert = has_router_alert(header.subspan(ipv4_header::size));
    switch (core_.input({head.destination, head.ttl, alert}, message, os::now())) {
      case igmp_host::verdict::taken: return pump();
      case igmp_host::verdict::ignored: return;
      case igmp_host::verdict::malformed: return drop(counters_.igmp_malformed);
      case igmp_host::verdict::bad_checksum: return drop(counters_.igmp_checksum);
      case igmp_host::verdict::refused: return drop(counters_.igmp_refused);
    }
  }

 private:
  static void drop(counter& why) noexcept { ++why; }

  void pump() noexcept {
    while (const auto next = core_.poll(os::now())) send(*next);
    timer_.set(core_.next_timeout());
  }

  // Who has no address yet says so from none (RFC 3376 §4.2.13).
  void send(const igmp_action& what) noexcept {
    const ipv4_address from = routes_.find(what.destination).source;
    auto fill = [&](bytes to) noexcept { return write_igmp_packet(to, from, what); };
    const v1::transmit how{.header = igmp_packet_size(what)};
    const auto sent =
        ethernet_.write(multicast_station(what.destination), ethertype::ipv4, how, any_fill(fill), {});
    ++(sent ? counters_.igmp_sent : counters_.igmp_not_sent);
  }

  Ethernet& ethernet_;
  const ipv4_routes& routes_;
  ipv4_counters& counters_;
  igmp_host core_;
  alarm timer_;
};

}  // namespace mirage
