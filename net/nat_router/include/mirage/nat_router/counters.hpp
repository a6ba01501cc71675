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
  counter forwarded{label, "router_forwarded_packets_total", "Packets that another interface took"};
  counter reassembled{label, "router_reassembled_total", "Datagrams put together from fragments"};
  counter malformed{label, "router_dropped_total", {"reason", "malformed"}, "Packets that were dropped"};
  counter bad_checksum{label, "router_dropped_total", {"reason", "bad_checksum"}};
  counter source_routed{label, "router_dropped_total", {"reason", "source_routed"}};
  counter martian{label, "router_dropped_total", {"reason", "martian"}};
  counter spoofed{label, "router_dropped_total", {"reason", "spoofed"}};
  counter fragment{label, "router_dropped_total", {"reason", "fragment"}};
  counter reassembly_time{label, "router_dropped_total", {"reason", "reassembly_time"}};
  counter ttl{label, "router_dropped_total", {"reason", "ttl"}};
  counter no_address{label, "router_dropped_total", {"reason", "no_address"}};
  counter no_route{label, "router_dropped_total", {"reason", "no_route"}};
  counter too_long{label, "router_dropped_total", {"reason", "too_long"}};
  counter cannot_cut{label, "router_dropped_total", {"reason", "cannot_cut"}};
  counter no_memory{label, "router_dropped_total", {"reason", "memory"}};
  counter not_sent{label, "router_dropped_total", {"reason", "link"}};
  counter unsupported{label, "router_dropped_total", {"reason", "unsupported"}};
  counter filtered{label, "router_dropped_total", {"reason", "filtered"}};
  counter full{label, "router_dropped_total", {"reason", "sessions_full"}};
  counter no_port{label, "router_dropped_total", {"reason", "no_port"}};
  counter no_session{label, "router_dropped_total", {"reason", "no_session"}};
  counter stray_report{label, "router_dropped_total", {"reason", "stray_report"}};
  counter nobody_inside{label, "router_dropped_total", {"reason", "nobody_inside"}};
  counter no_service{label, "router_dropped_total", {"reason", "no_service"}};
  counter no_ipv6{label, "router_dropped_total", {"reason", "no_ipv6"}};

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
