// SPDX-License-Identifier: ISC
// Address resolution, the least that meets `v1::arp` (RFC 826): what is known does not grow old, and
// conflicts (RFC 5227) are not looked for.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::arp` for IPv4 over any Ethernet.
template <v1::ethernet Ethernet>
class arp {
 public:
  explicit arp(Ethernet& ethernet, std::string_view name = "memory_arp")
      : name_(name),
        ethernet_(ethernet),
        timer_([](void* self) noexcept { static_cast<arp*>(self)->tick(); }, this) {}
  arp(const arp&) = delete;
  arp& operator=(const arp&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(ipv4_address to, const v1::transmit& how, Fill fill, buffer_list slices) {
    neighbour* next = find_or_ask(to);
    if (next == nullptr) return fail(v1::net_error::full);
    if (next->mac) return ethernet_.write(*next->mac, ipv4_type, how, std::move(fill), std::move(slices));
    if (next->failed) return fail(v1::net_error::unreachable);
    return park(*next, how, std::move(fill), slices);
  }

  task<result<mac_address, v1::arp_error>> query(ipv4_address who) {
    while (true) {
      const neighbour* found = find_or_ask(who);
      if (found == nullptr) co_return fail(v1::arp_error::full);
      if (found->mac) co_return *found->mac;
      if (found->failed) co_return fail(v1::arp_error::timed_out);
      co_await changed_;
    }
  }

  void input(buffer&& packet) {
    const std::byte* p = packet.data();
    // Ethernet (1), IPv4 (0x0800), addresses of 6 and 4 bytes.
    if (packet.size() < packet_size || load_be64(p) >> 16 != 0x000108000604) return drop();
    const std::uint16_t operation = load_be16(p + 6);
    const mac_address sender_mac = mac_address::load(p + 8);
    const ipv4_address sender = ipv4_address::load(p + 14);
    const ipv4_address target = ipv4_address::load(p + 24);
    if (operation != request && operation != reply) return drop();
    if (sender_mac.is_multicast() || is_ours(sender)) return drop();
    learn(sender, sender_mac, is_ours(target));
    if (operation == request && is_ours(target)) send(reply, sender_mac, target, sender_mac, sender);
  }

  bool add(ipv4_address ours) {
    if (ours_.size() == greatest) return false;
    ours_.push_back(ours);
    send(request, mac_address("ff:ff:ff:ff:ff:ff"), ours, mac_address{}, ours);
    return true;
  }
  void remove(ipv4_address ours) noexcept { std::erase(ours_, ours); }

 private:
  static constexpr std::size_t greatest = 64;  // addresses, neighbours, and packets that are parked
  static constexpr std::size_t packet_size = 28;
  static constexpr std::uint16_t arp_type = 0x0806;
  static constexpr std::uint16_t ipv4_type = 0x0800;
  static constexpr std::uint16_t request = 1;
  static constexpr std::uint16_t reply = 2;
  static constexpr int greatest_tries = 3;  // RFC 1122 2.3.2.1

  struct neighbour {
    ipv4_address address;
    std::optional<mac_address> mac{};
    bool failed = false;
    int tries = 0;
    instant next{};  // the next request, or the end of the time for which it counts as failed
  };
  struct parked {
    ipv4_address to;
    v1::transmit how;
    buffer packet;
  };

  [[nodiscard]] bool is_ours(ipv4_address address) const noexcept {
    return std::ranges::find(ours_, address) != ours_.end();
  }

  /// Null when there are too many. Begins to ask for one that is not known.
  neighbour* find_or_ask(ipv4_address who) {
    const auto found = std::ranges::find(neighbours_, who, &neighbour::address);
    if (found != neighbours_.end()) return &*found;
    if (neighbours_.size() == greatest) return nullptr;
    neighbours_.push_back({.address = who});
    tick();
    return &neighbours_.back();
  }

  template <class Fill>
  result<void, v1::net_error> park(const neighbour& next, const v1::transmit& how, Fill fill,
                                   const buffer_list& slices) {
    if (how.header + total_size(slices) > ethernet_.capabilities().mtu) return fail(v1::net_error::too_long);
    buffer packet;
    if (parked_.size() < greatest) packet = buffer::allocate(how.header + total_size(slices));
    if (!packet) {
      ++full_;
      return fail(v1::net_error::full);
    }
    std::size_t size = fill(packet.writable().first(how.header));
    for (const buffer& slice : slices) {
      std::ranges::copy(slice.view(), packet.writable().begin() + static_cast<std::ptrdiff_t>(size));
      size += slice.size();
    }
    packet.truncate(size);
    parked_.push_back({next.address, how, std::move(packet)});
    return {};
  }

  void learn(ipv4_address who, mac_address mac, bool asked_us) {
    auto found = std::ranges::find(neighbours_, who, &neighbour::address);
    if (found == neighbours_.end()) {
      if (!asked_us || neighbours_.size() == greatest) return;
      neighbours_.push_back({.address = who});
      found = std::prev(neighbours_.end());
    }
    found->mac = mac;
    found->failed = false;
    changed_.notify();
    for (parked& each : parked_) {
      if (each.to != who) continue;
      const cbytes packet = each.packet.view();
      v1::transmit how = each.how;
      how.header = packet.size();
      auto copy = [packet](bytes to) noexcept {
        std::ranges::copy(packet, to.begin());
        return packet.size();
      };
      if (!ethernet_.write(mac, ipv4_type, how, copy, {})) ++full_;
    }
    std::erase_if(parked_, [who](const parked& each) { return each.to == who; });
  }

  /// Asks again, or gives up, wherever it is time; forgets failures that are old.
  void tick() noexcept {
    instant next = never;
    for (neighbour& each : neighbours_) {
      if (each.mac || each.failed) continue;
      if (each.next <= os::now()) {
        each.next = later(os::now(), 1s);
        if (each.tries++ == greatest_tries)
          give_up(each);
        else
          send(request, mac_address("ff:ff:ff:ff:ff:ff"), ours_.empty() ? ipv4_address{} : ours_.front(),
               mac_address{}, each.address);
      }
    }
    std::erase_if(neighbours_, [](const neighbour& each) { return each.failed && each.next <= os::now(); });
    for (const neighbour& each : neighbours_)
      if (!each.mac) next = std::min(next, each.next);
    timer_.set(next);
  }

  void give_up(neighbour& who) noexcept {
    who.failed = true;
    who.next = later(os::now(), 3s);
    unreachable_ += std::erase_if(parked_, [&](const parked& each) { return each.to == who.address; });
    changed_.notify();
  }

  void send(std::uint16_t operation, mac_address to, ipv4_address sender, mac_address target_mac,
            ipv4_address target) {
    const mac_address from = ethernet_.mac();
    auto fill = [=](bytes packet) noexcept {
      std::byte* p = packet.data();
      store_be64(p, std::uint64_t{0x000108000604} << 16 | operation);
      from.store(p + 8);
      sender.store(p + 14);
      target_mac.store(p + 18);
      target.store(p + 24);
      return packet_size;
    };
    if (!ethernet_.write(to, arp_type, {.header = packet_size}, fill, {})) ++full_;
  }

  void drop() noexcept { ++malformed_; }

  std::string_view name_;
  Ethernet& ethernet_;
  std::vector<ipv4_address> ours_;
  std::vector<neighbour> neighbours_;
  std::vector<parked> parked_;
  event changed_;
  alarm timer_;
  counter malformed_{
      "arp_dropped_total", {{"device", name_}, {"reason", "malformed"}}, "Packets that were dropped"};
  counter full_{"arp_dropped_total", {{"device", name_}, {"reason", "full"}}};
  counter unreachable_{"arp_dropped_total", {{"device", name_}, {"reason", "unreachable"}}};
};

}  // namespace mirage::memory
