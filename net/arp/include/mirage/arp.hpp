// SPDX-License-Identifier: ISC
// Address resolution for IPv4: RFC 826, RFC 1122 §2.3.2, RFC 5227.
//
//   mirage::arp<ethernet_0> arp{"arp", ethernet};
//   arp.add("10.0.0.2");
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/arp/core.hpp"
#include "mirage/arp/options.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/ethernet/wire.hpp"
#include "mirage/ip/parking.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::arp`. The Ethernet must outlive it, and be started before: the address of the link is read here.
template <v1::ethernet Ethernet>
class arp {
 public:
  arp(std::string_view name, Ethernet& ethernet, const arp_options& options = {})
      : name_(name),
        ethernet_(ethernet),
        probe_(options.probe),
        core_(ethernet.mac(), options, os::random64()),
        parking_(options.parked_packets, options.parked_bytes),
        timer_([](void* self) noexcept { static_cast<arp*>(self)->pump(); }, this) {}
  arp(const arp&) = delete;
  arp& operator=(const arp&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(ipv4_address to, const v1::transmit& how, Fill fill, buffer_list slices) {
    const neighbour_table::found next = core_.lookup(to, os::now());
    switch (next.what) {
      case neighbour_table::answer::known:
        return ethernet_.write(next.mac, ethertype::ipv4, how, std::move(fill), std::move(slices));
      case neighbour_table::answer::asking: return park(to, how, fill, slices);
      case neighbour_table::answer::failed: ++unreachable_; return fail(v1::net_error::unreachable);
      case neighbour_table::answer::full: ++table_full_; return fail(v1::net_error::full);
    }
    std::unreachable();
  }

  task<result<mac_address, v1::arp_error>> query(ipv4_address who) {
    while (true) {
      const neighbour_table::found next = core_.lookup(who, os::now());
      if (next.what == neighbour_table::answer::known) co_return next.mac;
      if (next.what == neighbour_table::answer::failed) co_return fail(v1::arp_error::timed_out);
      if (next.what == neighbour_table::answer::full) co_return fail(v1::arp_error::full);
      pump();
      co_await changed_;
    }
  }

  /// A packet that waited in vain for its neighbour (RFC 1122 §3.2.2.1: the link layer may say so). The
  /// handler sends nothing.
  void on_unanswered(unanswered_handler handler) noexcept { parking_.on_unanswered(std::move(handler)); }

  void input(buffer&& packet) {
    ++received_;
    switch (core_.input(packet.view(), os::now())) {
      case arp_core::verdict::taken: break;
      case arp_core::verdict::moved: ++moved_; break;
      case arp_core::verdict::malformed: ++malformed_; return;
      case arp_core::verdict::own: ++own_; return;
    }
    pump();
  }

  bool add(ipv4_address ours) {
    if (!core_.add(ours, probe_, os::now())) return false;
    pump();
    return true;
  }
  void remove(ipv4_address ours) noexcept { core_.remove(ours); }
  /// Tells the link of all addresses that are ours, once more (RFC 5227 §2.3): we may be at another place.
  void announce() noexcept {
    core_.announce(os::now());
    pump();
  }

  /// Adds an address if nobody else on the link has it (RFC 5227 §2.1), which takes 4 to 7 s to find out;
  /// false if somebody has, or at the cap. Cancelled, it leaves no trace.
  task<bool> claim(ipv4_address ours) {
    if (!core_.add(ours, true, os::now())) co_return false;
    claiming guard{core_, ours};
    pump();
    while (core_.is_probing(ours)) co_await changed_;
    co_return core_.is_ours(ours);
  }

 private:
  struct claiming {
    arp_core& core;
    ipv4_address ours;
    ~claiming() {
      if (core.is_probing(ours)) core.remove(ours);
    }
  };

  result<void, v1::net_error> park(ipv4_address to, const v1::transmit& how, any_fill fill,
                                   const buffer_list& slices) {
    if (is_too_long(ethernet_.capabilities(), how, how.header + total_size(slices)))
      return fail(v1::net_error::too_long);
    const bool parked = parking_.park(to, how, fill, slices);
    pump();
    if (parked) return {};
    ++parking_full_;
    return fail(v1::net_error::full);
  }

  void pump() noexcept {
    for (arp_action next = core_.poll(os::now()); next.what != arp_action::kind::none;
         next = core_.poll(os::now()))
      act(next);
    timer_.set(core_.next_timeout());
  }

  void act(const arp_action& action) noexcept {
    switch (action.what) {
      case arp_action::kind::none: return;
      case arp_action::kind::send: return send(action);
      case arp_action::kind::resolved:
        parking_.release(action.target,
                         [&](const v1::transmit& how, cbytes packet) { unpark(action.to, how, packet); });
        break;
      case arp_action::kind::failed: unanswered_ += parking_.give_up(action.target); break;
      case arp_action::kind::claimed: break;
      case arp_action::kind::conflict: ++conflicts_; break;
    }
    changed_.notify();
  }

  void send(const arp_action& action) noexcept {
    auto fill = [&](bytes to) noexcept { return core_.emit(action, to); };
    if (ethernet_.write(action.to, ethertype::arp, {.header = arp_packet::size}, any_fill(fill), {}))
      ++sent_;
    else
      ++not_sent_;
  }

  void unpark(mac_address to, const v1::transmit& how, cbytes packet) noexcept {
    auto fill = [packet](bytes room) noexcept {
      std::memcpy(room.data(), packet.data(), packet.size());
      return packet.size();
    };
    if (!ethernet_.write(to, ethertype::ipv4, how, any_fill(fill), {})) ++not_sent_;
  }

  std::string_view name_;
  Ethernet& ethernet_;
  bool probe_;
  arp_core core_;
  packet_parking parking_;
  event changed_;
  alarm timer_;

  metric_label label_{"device", name_};
  counter received_{label_, "arp_received_packets_total", "Packets that came"};
  counter sent_{label_, "arp_sent_packets_total", "Packets that the network took"};
  counter moved_{label_, "arp_moved_neighbours_total", "Neighbours that changed their address of the link"};
  counter conflicts_{label_, "arp_conflicts_total", "Packets of others that use an address of ours"};
  counter malformed_{label_, "arp_dropped_total", {"reason", "malformed"}, "Packets that were dropped"};
  counter own_{label_, "arp_dropped_total", {"reason", "own"}};
  counter not_sent_{label_, "arp_dropped_total", {"reason", "network"}};
  counter unanswered_{label_, "arp_dropped_total", {"reason", "unanswered"}};
  counter unreachable_{label_, "arp_refused_total", {"reason", "unreachable"}, "Packets that were not taken"};
  counter parking_full_{label_, "arp_refused_total", {"reason", "parking_full"}};
  counter table_full_{label_, "arp_refused_total", {"reason", "table_full"}};
};

}  // namespace mirage
