// SPDX-License-Identifier: ISC
// Two hosts with a wire between them, 10.0.0.1 and 10.0.0.2, up to IP; for the tests of what stands on it,
// too.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "mirage/arp.hpp"
#include "mirage/ethernet.hpp"
#include "mirage/ipv4.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/test/suites/ip_suite.hpp"
#include "wired_subject.hpp"

namespace mirage::test {

/// Whatever comes goes to `tcp`, `udp` and `icmp`, which a test may replace.
class wired_host {
 public:
  using link_type = ethernet<memory::network>;
  using resolution_type = mirage::arp<link_type>;
  using internet = mirage::ipv4<link_type, resolution_type>;
  using header = v1::ip_header<ipv4_address>;
  using handler = std::function<void(const header&, buffer&&, const v1::received&)>;

  explicit wired_host(mac_address mac, const ipv4_options& options = {}, memory::network_options wire = {})
      : network(mac, wire), ip("ipv4", link, resolution, options) {
    listening_ = network.listen(*this);
    ip.attach(*this);
  }

  void input(buffer&& frame, const v1::received& how) { link.input(std::move(frame), how, *this); }
  void batch_end() {
    if (at_batch_end) at_batch_end();
  }
  void writable() {}

  void arp(buffer&& packet, const v1::received&) { resolution.input(std::move(packet)); }
  void ipv4(buffer&& packet, const v1::received& how) { ip.input(std::move(packet), how, *this); }
  void ipv6(buffer&&, const v1::received&) {}

  void tcp(const header& from, buffer&& payload, const v1::received& how) {
    give(on_tcp, "tcp", from, payload, how);
  }
  void udp(const header& from, buffer&& payload, const v1::received& how) {
    give(on_udp, "udp", from, payload, how);
  }
  void icmp(const header& from, buffer&& payload, const v1::received& how) {
    give(on_icmp, "icmp", from, payload, how);
  }

  memory::network network;
  link_type link{"ethernet", network};
  resolution_type resolution{"arp", link};
  internet ip;
  handler on_tcp;
  handler on_udp;
  handler on_icmp;
  std::function<void()> at_batch_end;
  recording_protocols<ipv4_address> seen;

 private:
  void give(const handler& to, const char* what, const header& from, buffer& payload,
            const v1::received& how) {
    if (to)
      to(from, std::move(payload), how);
    else
      seen.note(what, from, payload);
  }
  subscription listening_;
};

inline constexpr ipv4_prefix near_address = "10.0.0.1/24";
inline constexpr ipv4_prefix far_address = "10.0.0.2/24";

/// To derive from. Both know each other's station when it begins.
struct wired_hosts : virtual_subject {
  explicit wired_hosts(memory::network_options wire = {})
      : near(near_mac, {.address = near_address}, wire), far(far_mac, {.address = far_address}, wire) {
    connect(near.network, far.network);
    for (wired_host* each : {&near, &far})
      require(node.run(each->ip.start()).has_value(), "a host does not start");
    node.advance(3s);
  }
  wired_host near;
  wired_host far;
};

}  // namespace mirage::test
