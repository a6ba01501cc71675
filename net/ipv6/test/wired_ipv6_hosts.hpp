// SPDX-License-Identifier: ISC
// Two hosts with a wire between them, 2001:db8::1 and 2001:db8::2, up to IP; for the tests of what stands on
// it, too.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "mirage/ethernet.hpp"
#include "mirage/ipv6.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/test/suites/ip_suite.hpp"
#include "wired_subject.hpp"

namespace mirage::test {

/// Whatever comes goes to `tcp`, `udp` and `icmp`, which a test may replace.
class wired_ipv6_host {
 public:
  using link_type = ethernet<memory::network>;
  using internet = mirage::ipv6<link_type>;
  using header = v1::ip_header<ipv6_address>;
  using handler = std::function<void(const header&, buffer&&, const v1::received&)>;

  explicit wired_ipv6_host(mac_address mac, const ipv6_options& options = {},
                           memory::network_options wire = {})
      : network(mac, wire), ip("ipv6", link, options) {
    listening_ = network.listen(*this);
    ip.attach(*this);
  }

  void input(buffer&& frame, const v1::received& how) {
    if (on_frame) on_frame(frame.view());
    link.input(std::move(frame), how, *this);
  }
  void batch_end() {
    if (at_batch_end) at_batch_end();
  }
  void writable() {}

  void arp(buffer&&, const v1::received&) {}
  void ipv4(buffer&&, const v1::received&) {}
  void ipv6(buffer&& packet, const v1::received& how) { ip.input(std::move(packet), how, *this); }

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
  internet ip;
  handler on_tcp;
  handler on_udp;
  handler on_icmp;
  std::function<void(cbytes)> on_frame;
  std::function<void()> at_batch_end;
  recording_protocols<ipv6_address> seen;

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

inline constexpr ipv6_prefix near_ipv6 = "2001:db8::1/64";
inline constexpr ipv6_prefix far_ipv6 = "2001:db8::2/64";

/// To derive from. Their addresses are in use when it begins.
struct wired_ipv6_hosts : virtual_subject {
  explicit wired_ipv6_hosts(memory::network_options wire = {})
      : near(near_mac, {.address = near_ipv6}, wire), far(far_mac, {.address = far_ipv6}, wire) {
    connect(near.network, far.network);
    for (wired_ipv6_host* each : {&near, &far})
      require(node.run(each->ip.start()).has_value(), "a host does not start");
    node.advance(3s);
  }
  wired_ipv6_host near;
  wired_ipv6_host far;
};

}  // namespace mirage::test
