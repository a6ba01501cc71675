// SPDX-License-Identifier: ISC
// One version of IP over several interfaces: RFC 1122 §3.3.4, RFC 6724 §4 and §5. It is the strong host model
// (§3.3.4.2): a packet from an address of ours leaves by the interface that has it, and each interface takes
// only what is for an address of its own. So an answer goes back the way the question came, each network
// gets the gateway that is meant for it, and nobody on one network reaches, past a firewall, what listens on
// another.
//
//   mirage::multihomed_ip<ipv4_0, ipv4_1> ipv4{"ipv4", inside, outside};
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/ip/reach.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// One of several interfaces, with what is asked of it beyond `v1::ip`: its number, which is not 0, whether
/// it can reach a destination, and groups.
template <class Ip>
concept one_of_several_ips = v1::ip<Ip> && requires(Ip& ip, const typename Ip::address& address) {
  { ip.interface() } noexcept -> std::same_as<std::uint32_t>;
  { ip.reach(address) } -> std::same_as<std::optional<ip_reach>>;
  { ip.join(address) } -> std::same_as<result<void, v1::net_error>>;
  ip.leave(address);
};

/// `v1::ip` of TCP and UDP, with routes that depend on the source (`v1::ip_route_from`). The interfaces,
/// whose numbers differ, must outlive it. Which one a packet leaves by:
///  - the one that the header names;
///  - that of which the destination is an address: it stays here;
///  - that of which the source is an address;
///  - the one with the longest prefix that has the destination; of several such, for IPv6 the one with the
///    best source (RFC 6724 §5), else the first.
/// So groups and link-local destinations are the first interface's, unless another one is named (RFC 4007
/// §6).
///
/// Not implemented: a packet to an address of one interface from that of another, both ours; leaving an
/// interface whose link is down alone.
template <one_of_several_ips First, one_of_several_ips... Rest>
  requires(std::same_as<typename First::address, typename Rest::address> && ...)
class multihomed_ip {
 public:
  using address = typename First::address;
  using header = v1::ip_header<address>;
  static constexpr std::size_t interfaces = 1 + sizeof...(Rest);

  multihomed_ip(std::string_view name, First& first, Rest&... rest) : name_(name), ips_(first, rest...) {
    inline_vector<std::uint32_t, interfaces> numbers;
    each([&](auto& ip) {
      require(ip.interface() != 0 && std::ranges::find(numbers, ip.interface()) == numbers.end(),
              "each interface of a stack has a number of its own");
      numbers.push_back(ip.interface());
    });
  }
  multihomed_ip(const multihomed_ip&) = delete;
  multihomed_ip& operator=(const multihomed_ip&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Of all interfaces; valid until the next call.
  [[nodiscard]] std::span<const address> addresses() const noexcept {
    all_.clear();
    each([&](const auto& ip) {
      for (const address& one : ip.addresses())
        if (!all_.full()) all_.push_back(one);
    });
    return {all_.data(), all_.size()};
  }

  /// A broadcast address of one of the networks.
  [[nodiscard]] bool is_broadcast(const address& of) const noexcept
    requires requires(const First& ip) { ip.is_broadcast(of); }
  {
    bool found = false;
    each([&](const auto& ip) { found = found || ip.is_broadcast(of); });
    return found;
  }

  /// On that interface; 0: on the one that packets to the group leave by. `no_route` if there is no such
  /// interface or it is no group, `full` at the cap.
  result<void, v1::net_error> join(const address& group, std::uint32_t interface) {
    const auto at = choose({.destination = group, .interface = interface});
    if (!at || !group.is_multicast()) return fail(v1::net_error::no_route);
    return with(*at, [&](auto& ip) { return ip.join(group); });
  }
  void leave(const address& group, std::uint32_t interface) {
    if (const auto at = choose({.destination = group, .interface = interface}))
      with(*at, [&](auto& ip) { ip.leave(group); });
  }

  // ---- v1::ip ----

  /// To there from `source`, if it is specified, by `interface`, if it is not 0.
  result<v1::ip_route<address>, v1::net_error> route(const address& to, const address& source = {},
                                                     std::uint32_t interface = 0) {
    const auto at = choose({.source = source, .destination = to, .interface = interface});
    if (!at) return fail(v1::net_error::no_route);
    return with(*at, [&](auto& ip) { return ip.route(to); });
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const header& head, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    const auto at = choose(head);
    if (!at) {
      ++no_route_;
      return fail(v1::net_error::no_route);
    }
    return with(*at, [&](auto& ip) { return ip.write(head, how, std::move(fill), std::move(slices)); });
  }

  /// By nobody knows which interface: the one that has the destination, else the first. What comes by an
  /// interface is given to that one's own IP, and not here.
  template <class Up>
  void input(buffer&& packet, const v1::received& how, Up& up) {
    constexpr std::size_t destination = address::size == 4 ? 16 : 24;
    std::optional<std::size_t> at;
    if (packet.size() >= destination + address::size) at = owner(address::load(packet.data() + destination));
    with(at.value_or(0), [&](auto& ip) { ip.input(std::move(packet), how, up); });
  }

 private:
  template <class Call>
  void each(Call call) const {
    std::apply([&](auto&... ips) { (call(ips), ...); }, ips_);
  }
  template <std::size_t At = 0, class Call>
  decltype(auto) with(std::size_t index, Call call) {
    if constexpr (At + 1 < interfaces)
      if (index != At) return with<At + 1>(index, std::move(call));
    return call(std::get<At>(ips_));
  }

  [[nodiscard]] std::optional<std::size_t> numbered(std::uint32_t interface) const noexcept {
    return first_that([&](const auto& ip) { return ip.interface() == interface; });
  }
  [[nodiscard]] std::optional<std::size_t> owner(const address& of) const noexcept {
    return first_that(
        [&](const auto& ip) { return std::ranges::find(ip.addresses(), of) != ip.addresses().end(); });
  }
  template <class Test>
  [[nodiscard]] std::optional<std::size_t> first_that(Test test) const noexcept {
    std::optional<std::size_t> found;
    std::size_t index = 0;
    each([&](const auto& ip) {
      if (!found && test(ip)) found = index;
      ++index;
    });
    return found;
  }

  [[nodiscard]] std::optional<std::size_t> choose(const header& head) noexcept {
    if (head.interface != 0) return numbered(head.interface);
    const auto here = owner(head.destination);
    if (here) return here;
    if (!head.source.is_unspecified())
      if (const auto from = owner(head.source)) return from;
    return nearest(head.destination);
  }

  [[nodiscard]] std::optional<std::size_t> nearest(const address& to) noexcept {
    std::optional<std::size_t> best;
    std::optional<ip_reach> least;
    std::size_t index = 0;
    each([&](auto& ip) {
      const std::optional<ip_reach> reach = ip.reach(to);
      if (reach &&
          (reach > least || (reach == least && !to.is_multicast() && has_better_source(ip, *best, to)))) {
        best = index;
        least = reach;
      }
      ++index;
    });
    return best;
  }

  template <class Ip>
  [[nodiscard]] bool has_better_source(Ip& ip, std::size_t than, const address& to) noexcept {
    if constexpr ((requires(First& one) { one.best_source(to); }) &&
                  (requires(Rest& one) { one.best_source(to); } && ...)) {
      const auto one = ip.best_source(to);
      const auto other = with(than, [&](auto& best) { return best.best_source(to); });
      return one && (!other || Ip::is_better_source(*one, *other, to));
    } else {
      return false;
    }
  }

  static constexpr std::size_t most_addresses = 16;  // of an interface

  std::string_view name_;
  std::tuple<First&, Rest&...> ips_;
  mutable inline_vector<address, most_addresses * interfaces> all_;
  counter no_route_{"multihomed_ip_refused_total",
                    {{"device", name_}, {"reason", "no_route"}},
                    "Packets for which there is no interface"};
};

}  // namespace mirage
