// SPDX-License-Identifier: ISC
// What the parts of an interface's IPv6 count: what went through, and each reason for which something did
// not.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/result.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// The name must outlive it.
struct ipv6_counters {
  explicit ipv6_counters(std::string_view device) noexcept : label{"device", device} {}

  metric_label label;
  counter received{"ipv6_received_packets_total", {label}, "Packets that came"};
  counter sent{"ipv6_sent_packets_total", {label}, "Packets that the link took"};
  counter fragments_received{"ipv6_received_fragments_total", {label}, "Fragments that were of use"};
  counter fragments_sent{"ipv6_sent_fragments_total", {label}, "Fragments of packets that went out whole"};
  counter reassembled{"ipv6_reassembled_total", {label}, "Packets put together from fragments"};
  counter path_reports{"ipv6_path_mtu_reports_total", {label}, "Reports of packets too long for their path"};
  counter discovery_sent{
      "ipv6_sent_discovery_messages_total", {label}, "Messages to neighbours, routers and listeners"};
  counter duplicates{
      "ipv6_duplicate_addresses_total", {label}, "Messages that show an address of ours in use by another"};
  counter malformed{"ipv6_dropped_total", {label, {"reason", "malformed"}}, "Packets that were dropped"};
  counter martian{"ipv6_dropped_total", {label, {"reason", "martian"}}};
  counter from_us{"ipv6_dropped_total", {label, {"reason", "own_source"}}};
  counter not_ours{"ipv6_dropped_total", {label, {"reason", "not_ours"}}};
  counter nothing{"ipv6_dropped_total", {label, {"reason", "no_next_header"}}};
  counter unwanted{"ipv6_dropped_total", {label, {"reason", "option_says_so"}}};
  counter problem{"ipv6_dropped_total", {label, {"reason", "parameter_problem"}}};
  counter unknown_protocol{"ipv6_dropped_total", {label, {"reason", "unknown_protocol"}}};
  counter discovery_malformed{"ipv6_dropped_total", {label, {"reason", "discovery_malformed"}}};
  counter discovery_refused{"ipv6_dropped_total", {label, {"reason", "discovery_refused"}}};
  counter bad_path_reports{"ipv6_dropped_total", {label, {"reason", "path_mtu_report_below_1280"}}};
  counter unanswered{"ipv6_dropped_total", {label, {"reason", "unanswered"}}};
  counter link_refused{"ipv6_dropped_total", {label, {"reason", "network"}}};
  counter fragment_duplicate{"ipv6_dropped_total", {label, {"reason", "fragment_duplicate"}}};
  counter fragment_malformed{"ipv6_dropped_total", {label, {"reason", "fragment_malformed"}}};
  counter fragment_overlap{"ipv6_dropped_total", {label, {"reason", "fragment_overlap"}}};
  counter fragment_given_up{"ipv6_dropped_total", {label, {"reason", "fragment_given_up"}}};
  counter fragment_too_many{"ipv6_dropped_total", {label, {"reason", "fragment_too_many"}}};
  counter fragment_memory{"ipv6_dropped_total", {label, {"reason", "fragment_memory"}}};
  counter fragment_ecn{"ipv6_dropped_total", {label, {"reason", "fragment_ecn"}}};
  counter reassembly_time{
      "ipv6_reassembly_failed_total", {label, {"reason", "time"}}, "Packets that stayed incomplete"};
  counter reassembly_evicted{"ipv6_reassembly_failed_total", {label, {"reason", "evicted"}}};
  counter no_route{"ipv6_refused_total", {label, {"reason", "no_route"}}, "Packets that were not taken"};
  counter too_long{"ipv6_refused_total", {label, {"reason", "too_long"}}};
  counter no_memory{"ipv6_refused_total", {label, {"reason", "memory"}}};
  counter unreachable{"ipv6_refused_total", {label, {"reason", "unreachable"}}};
  counter table_full{"ipv6_refused_total", {label, {"reason", "table_full"}}};
  counter parking_full{"ipv6_refused_total", {label, {"reason", "parking_full"}}};
  counter fragments_lost{
      "ipv6_send_failed_total", {label, {"reason", "link"}}, "Packets of which a fragment was not taken"};
  counter discovery_not_sent{"ipv6_send_failed_total", {label, {"reason", "discovery"}}};
};

/// Counts a packet that is not taken.
inline result<void, v1::net_error> refuse(counter& why, v1::net_error error) noexcept {
  ++why;
  return fail(error);
}

}  // namespace mirage
