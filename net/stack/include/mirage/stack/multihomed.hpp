// SPDX-License-Identifier: ISC
// One TCP and one UDP over several networks: RFC 1122 §3.3.4. Which interface a packet leaves by, and that
// each takes only what is for itself, is `multihomed_ip`'s.
//
//   mirage::multihomed_stack<udp_0, tcp_0, interface_0, interface_1> stack{"stack", udp, tcp, inside,
//   outside};
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <vector>

#include "mirage/stack/interface_sink.hpp"
#include "mirage/stack/network_interface.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::stack`. UDP and TCP, which stand on a `multihomed_ip` of each version over the same interfaces, and
/// the interfaces, each a `network_interface`, must outlive it. Packets are heard from when it is made until
/// it is destroyed.
template <v1::udp Udp, v1::tcp Tcp, class... Interface>
  requires(sizeof...(Interface) > 0)
class multihomed_stack {
 public:
  using flow = typename Tcp::flow;
  using listener = typename Tcp::listener;

  multihomed_stack(std::string_view name, Udp& udp, Tcp& tcp, Interface&... interfaces)
      : name_(name), udp_(udp), tcp_(tcp), sinks_(part<Interface>{interfaces, udp, tcp}...) {}
  multihomed_stack(const multihomed_stack&) = delete;
  multihomed_stack& operator=(const multihomed_stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] Tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] Udp& udp() noexcept { return udp_; }
  /// From 0, in the order of the interfaces: for its addresses, routes and pings.
  template <std::size_t Index>
  [[nodiscard]] auto& interface() noexcept {
    return std::get<Index>(sinks_).of;
  }
  [[nodiscard]] std::vector<ip_address> addresses() const {
    std::vector<ip_address> all;
    std::apply([&](const auto&... each) { (each.up.add_addresses_to(all), ...); }, sinks_);
    return all;
  }

 private:
  template <class One>
  struct part {
    One& of;
    Udp& udp;
    Tcp& tcp;
  };
  template <class One>
  struct heard {
    explicit heard(const part<One>& from) : of(from.of), up(from.of.name(), from.of, from.udp, from.tcp) {}
    One& of;
    interface_sink<One, Udp, Tcp> up;
  };

  std::string_view name_;
  Udp& udp_;
  Tcp& tcp_;
  std::tuple<heard<Interface>...> sinks_;
};

}  // namespace mirage
