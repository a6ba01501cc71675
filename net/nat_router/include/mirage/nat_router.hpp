// SPDX-License-Identifier: ISC
// A router for IPv4 between a network inside, whose hosts are seen from outside as one address, and one
// outside: RFC 1812 §5, with the translation of `net/nat`.
//
//   mirage::nat_router<interface_0, interface_1> router{"router", inside, outside};
//   router.forward(*port_forward::parse("tcp:8080:10.0.1.2:80"));
#pragma once

#include <algorithm>
#include <concepts>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/icmp.hpp"
#include "mirage/ip/reassembly.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/ipv4/fragments.hpp"
#include "mirage/nat.hpp"
#include "mirage/nat_router/counters.hpp"
#include "mirage/nat_router/examine.hpp"
#include "mirage/nat_router/forward.hpp"
#include "mirage/stack/network_interface.hpp"

namespace mirage {

struct nat_router_options {
  nat_options nat{};
  reassembly_options reassembly{};  ///< of each interface
};

/// What a unikernel asks of a router.
template <class R>
concept port_forwarding_router = requires(R& router, const port_forward& what) {
  { router.name() } -> std::convertible_to<std::string_view>;
  { router.forward(what) } -> std::same_as<bool>;
};

/// Each side is a `network_interface`, whose IPv4 has its address; that of the outside has the way to the
/// rest of the world, that of the inside has none. Both must outlive it. Packets are heard from when it is
/// made until it is destroyed.
///
/// The router itself answers pings and has no other service. What comes from inside must be from an address
/// that the inside has a route to, and what comes from outside must not (RFC 2827). Not implemented: IPv6,
/// telling a sender that the next hop does not answer (RFC 1812 §5.3.1), and acting upon the options of a
/// header.
template <class Inside, class Outside>
class nat_router {
 public:
  nat_router(std::string_view name, Inside& inside, Outside& outside, const nat_router_options& options = {})
      : name_(name),
        nat_({}, options.nat),
        inside_(inside, options.reassembly, *this),
        outside_(outside, options.reassembly, *this) {}
  nat_router(const nat_router&) = delete;
  nat_router& operator=(const nat_router&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  /// From now on, for everybody outside. False if the port, or that of the host inside, is in use, or at the
  /// cap.
  bool forward(const port_forward& what) noexcept { return nat_.forward(what); }
  /// Connections that are open, or may still be.
  [[nodiscard]] std::size_t sessions() const noexcept { return nat_.table().sessions(); }
  [[nodiscard]] std::uint64_t forwarded() const noexcept {
    return inside_.counters.forwarded.value() + outside_.counters.forwarded.value();
  }

 private:
  // A packet on its way through, and what is known of it.
  struct passing {
    buffer packet;
    forwarded_packet known;
    v1::received how;
    bool was_cut = false;  // put together from fragments
  };

  // What the layers of one interface call; the two may be of one type.
  template <class Interface, bool IsInside>
  struct side {
    side(Interface& interface, const reassembly_options& options, nat_router& router)
        : of(interface),
          to(router),
          counters(interface.name()),
          reassembly(options),
          timer([](void* self) noexcept { static_cast<side*>(self)->expire(); }, this) {
      of.ipv4().on_undeliverable([this](const ipv4_undeliverable& what) {
        of.icmp().send_error(what.why == ipv4_undeliverable::reason::unknown_protocol
                                 ? icmp_error::protocol_unreachable
                                 : icmp_error::reassembly_time_exceeded,
                             {what.header, what.header_bytes, what.payload});
      });
      listening = of.network().listen(*this);
    }

    // ---- The network's, and Ethernet's ----

    void input(buffer&& frame, const v1::received& how) { of.ethernet().input(std::move(frame), how, *this); }
    void batch_end() { to.evicted_ += to.nat_.take_evicted(); }
    void writable() {}
    void link_restored() { of.arp().announce(); }
    void arp(buffer&& packet, const v1::received&) { of.arp().input(std::move(packet)); }
    void ipv6(buffer&&, const v1::received&) { ++counters.no_ipv6; }

    void ipv4(buffer&& packet, const v1::received& how) {
      const forwarded_packet known = examine_to_forward(packet.view(), how.group);
      passing one{.packet = std::move(packet), .known = known, .how = how};
      if (one.known.verdict == forward_verdict::not_to_one || is_for_ipv4(one.known))
        return of.ipv4().input(std::move(one.packet), how, *this);
      if (one.known.verdict != forward_verdict::to_one) return counters.count(one.known.verdict);
      one.packet.truncate(one.known.fields.total_length);
      if (one.known.is_fragment && !put_together(one)) return;
      to.route(*this, std::move(one));
    }

    // ---- IP's and ICMP's, of what is for the router itself ----

    void tcp(const v1::ip_header<ipv4_address>&, buffer&&, const v1::received&) { ++counters.no_service; }
    void udp(const v1::ip_header<ipv4_address>& header, buffer&& datagram, const v1::received& how) {
      ++counters.no_service;
      if (how.group) return;
      of.icmp().send_error(icmp_error::port_unreachable,
                           {header, of.ipv4().header_in_hand(), datagram.view()});
    }
    void icmp(const v1::ip_header<ipv4_address>& header, buffer&& message, const v1::received&) {
      of.icmp().input(header, std::move(message), *this);
    }
    void reported(const v1::icmp_report<ipv4_address>&) {}

    // ---- For the router ----

    // What a host would take, or would count as not its own.
    [[nodiscard]] bool is_for_ipv4(const forwarded_packet& known) {
      if (known.verdict != forward_verdict::to_one) return false;
      return to.is_for_ipv4(*this, known.fields.destination);
    }

    void tell(icmp_error what, const passing& about, std::uint32_t mtu = 0) {
      const cbytes all = about.packet.view();
      const ipv4_fields& fields = about.known.fields;
      const v1::ip_header<ipv4_address> header{.source = fields.source,
                                               .destination = fields.destination,
                                               .protocol = static_cast<v1::ip_protocol>(fields.protocol)};
      of.icmp().send_error_of_router(what,
                                     {header, all.first(about.known.header), all.subspan(about.known.header),
                                      static_cast<std::uint16_t>(std::min(mtu, 65'535u))});
    }

    // True when the last fragment has come; then the packet is the datagram.
    [[nodiscard]] bool put_together(passing& one) {
      const cbytes all = one.packet.view();
      reassembled whole;
      const fragment_verdict verdict =
          reassembly.add(fragment_place_of(one.known.fields, one.known.header), all.first(one.known.header),
                         all.subspan(one.known.header), os::now(), whole);
      timer.set(reassembly.next_timeout());
      counters.fragment += reassembly.take_evicted();
      if (verdict == fragment_verdict::taken) return false;
      if (verdict == fragment_verdict::complete) one.packet = whole_packet(std::move(whole));
      if (verdict != fragment_verdict::complete || !one.packet) {
        ++counters.fragment;
        return false;
      }
      ++counters.reassembled;
      one.known = examine_to_forward(one.packet.view(), false);
      one.how = {};
      one.was_cut = true;
      return true;
    }
    void expire() noexcept {
      while (reassembly.expire(os::now())) ++counters.reassembly_time;
      timer.set(reassembly.next_timeout());
    }

    Interface& of;
    nat_router& to;
    router_counters counters;
    ip_reassembly reassembly;
    alarm timer;
    subscription listening;
  };
  using inside_side = side<Inside, true>;
  using outside_side = side<Outside, false>;

  [[nodiscard]] static bool is_one_of(const auto& ip, ipv4_address address) noexcept {
    const auto all = ip.addresses();
    return std::find(all.begin(), all.end(), address) != all.end();
  }
  [[nodiscard]] bool is_for_ipv4(inside_side& from, ipv4_address to) noexcept {
    return is_one_of(from.of.ipv4(), to) || from.of.ipv4().is_broadcast(to);
  }
  [[nodiscard]] bool is_for_ipv4(outside_side&, ipv4_address to) noexcept {
    return !follow_address() || to != nat_.address();
  }

  // The first address of the outside is the one that is seen; false while there is none.
  bool follow_address() noexcept {
    const auto all = outside_.of.ipv4().addresses();
    const ipv4_address now = all.empty() ? ipv4_address{} : all[0];
    if (now != nat_.address()) nat_.set_address(now);
    return !all.empty();
  }

  void route(inside_side& from, passing&& one) {
    const ipv4_fields fields = one.known.fields;
    if (!from.of.ipv4().route(fields.source)) return drop(from.counters.spoofed);
    if (fields.ttl <= 1) {
      from.tell(icmp_error::ttl_exceeded, one);
      return drop(from.counters.ttl);
    }
    if (!follow_address()) {
      from.tell(icmp_error::network_unreachable, one);
      return drop(from.counters.no_address);
    }
    const nat_translation made = nat_.outbound(one.packet.view(), os::now());
    if (made.verdict != nat_verdict::translated) return from.counters.count(made.verdict);
    if (fields.destination == nat_.address()) return turn_back(from, std::move(one), made);
    forward(from, outside_, std::move(one), made, fields.destination);
  }

  // Between two hosts inside, by the address outside (RFC 4787 REQ-9): as if it had been there.
  void turn_back(inside_side& from, passing&& one, const nat_translation& made) {
    if (!own(one.packet)) return drop(from.counters.no_memory);
    nat_.apply(one.packet.writable(), made);
    const nat_translation back = nat_.inbound(one.packet.view(), os::now());
    if (back.verdict != nat_verdict::translated) return from.counters.count(back.verdict);
    forward(from, inside_, std::move(one), back, back.to.address);
  }

  void route(outside_side& from, passing&& one) {
    if (inside_.of.ipv4().route(one.known.fields.source)) return drop(from.counters.spoofed);
    const nat_translation made = nat_.inbound(one.packet.view(), os::now());
    if (made.verdict == nat_verdict::not_inside)
      return from.of.ipv4().input(std::move(one.packet), one.how, from);
    if (made.verdict != nat_verdict::translated) return from.counters.count(made.verdict);
    if (one.known.fields.ttl <= 1) {
      from.tell(icmp_error::ttl_exceeded, one);
      return drop(from.counters.ttl);
    }
    forward(from, inside_, std::move(one), made, made.to.address);
  }

  // Nothing is changed until nothing can be told any more: who is told of a packet must know it again.
  void forward(auto& from, auto& by, passing&& one, const nat_translation& made, ipv4_address destination) {
    const auto way = by.of.ipv4().route(destination);
    if (!way) {
      from.tell(icmp_error::network_unreachable, one);
      return drop(from.counters.no_route);
    }
    const forward_plan plan = plan_forward(one.packet.view(), one.how, way->device, one.was_cut);
    if (plan.way == forward_way::too_long) {
      from.tell(icmp_error::fragmentation_needed, one, plan.mtu);
      return drop(from.counters.too_long);
    }
    if (plan.way == forward_way::cannot_cut) return drop(from.counters.cannot_cut);
    if (!own(one.packet)) return drop(from.counters.no_memory);
    nat_.apply(one.packet.writable(), made);
    decrement_ttl(one.packet.writable());
    ++(forward_packet(by.of.ipv4(), std::move(one.packet), plan) ? from.counters.forwarded
                                                                 : from.counters.not_sent);
  }

  static void drop(counter& why) noexcept { ++why; }
  // A packet that somebody else has a reference to is not changed.
  [[nodiscard]] static bool own(buffer& packet) noexcept {
    if (!packet.unique()) packet = buffer::copy_of(packet.view());
    return static_cast<bool>(packet);
  }

  std::string_view name_;
  nat nat_;
  inside_side inside_;
  outside_side outside_;
  counter evicted_{"nat_sessions_evicted_total", {{"device", name_}}, "Sessions that had to go for others"};
  gauge sessions_{
      "nat_sessions", {{"device", name_}}, "Remote ends that are spoken with", nat_, [](const nat& of) {
        return of.table().sessions();
      }};
};

}  // namespace mirage
