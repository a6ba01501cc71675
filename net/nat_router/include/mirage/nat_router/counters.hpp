// SPDX-License-Identifier: ISC
// What a router counts of the packets that come by one interface: those that went on, and each reason for
// which one did not.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/nat.hpp"
#include "mirage/nat_router/examine.hpp"

namespace mirage {

/// The name must outlive it.
struct router_counters {
  explicit router_counters(std::string_view device) noexcept : label{"device", device} {}

  metric_label label;
  counter forwarded{"router_forwarded_packets_total", {label}, "Packets that another interface took"};
  counter reassembled{"router_reassembled_total", {label}, "Datagrams put together from fragments"};
  counter malformed{"router_dropped_total", {label, {"reason", "malformed"}}, "Packets that were dropped"};
  counter bad_checksum{"router_dropped_total", {label, {"reason", "bad_checksum"}}};
  counter source_routed{"router_dropped_total", {label, {"reason", "source_routed"}}};
  counter martian{"router_dropped_total", {label, {"reason", "martian"}}};
  counter spoofed{"router_dropped_total", {label, {"reason", "spoofed"}}};
  counter fragment{"router_dropped_total", {label, {"reason", "fragment"}}};
  counter reassembly_time{"router_dropped_total", {label, {"reason", "reassembly_time"}}};
  counter ttl{"router_dropped_total", {label, {"reason", "ttl"}}};
  counter no_address{"router_dropped_total", {label, {"reason", "no_address"}}};
  counter no_route{"router_dropped_total", {label, {"reason", "no_route"}}};
  counter too_long{"router_dropped_total", {label, {"reason", "too_long"}}};
  counter cannot_cut{"router_dropped_total", {label, {"reason", "cannot_cut"}}};
  counter no_memory{"router_dropped_total", {label, {"reason", "memory"}}};
  counter not_sent{"router_dropped_total", {label, {"reason", "link"}}};
  counter unsupported{"router_dropped_total", {label, {"reason", "unsupported"}}};
  counter filtered{"router_dropped_total", {label, {"reason", "filtered"}}};
  counter full{"router_dropped_total", {label, {"reason", "sessions_full"}}};
  counter no_port{"router_dropped_total", {label, {"reason", "no_port"}}};
  counter no_session{"router_dropped_total", {label, {"reason", "no_session"}}};
  counter stray_report{"router_dropped_total", {label, {"reason", "stray_report"}}};
  counter nobody_inside{"router_dropped_total", {label, {"reason", "nobody_inside"}}};
  counter no_service{"router_dropped_total", {label, {"reason", "no_service"}}};
  counter no_ipv6{"router_dropped_total", {label, {"reason", "no_ipv6"}}};

  void count(forward_verdict why) noexcept {
    switch (why) {
      case forward_verdict::malformed: ++malformed; return;
      case forward_verdict::bad_checksum: ++bad_checksum; return;
      case forward_verdict::source_routed: ++source_routed; return;
      case forward_verdict::martian: ++martian; return;
      case forward_verdict::to_one:
      case forward_verdict::not_to_one: return;
    }
  }
  void count(nat_verdict why) noexcept {
    switch (why) {
      case nat_verdict::malformed: ++malformed; return;
      case nat_verdict::bad_checksum: ++bad_checksum; return;
      case nat_verdict::unsupported: ++unsupported; return;
      case nat_verdict::filtered: ++filtered; return;
      case nat_verdict::full: ++full; return;
      case nat_verdict::no_port: ++no_port; return;
      case nat_verdict::no_session: ++no_session; return;
      case nat_verdict::stray_report: ++stray_report; return;
      case nat_verdict::not_inside: ++nobody_inside; return;
      case nat_verdict::translated: return;
    }
  }
};

}  // namespace mirage
