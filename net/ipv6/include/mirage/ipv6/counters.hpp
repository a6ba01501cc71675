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
  counter received{label, "ipv6_received_packets_total", "Packets that came"};
  counter sent{label, "ipv6_sent_packets_total", "Packets that the link took"};
  counter fragments_received{label, "ipv6_received_fragments_total", "Fragments that were of use"};
  counter fragments_sent{label, "ipv6_sent_fragments_total", "Fragments of packets that went out whole"};
  counter reassembled{label, "ipv6_reassembled_total", "Packets put together from fragments"};
  counter path_reports{label, "ipv6_path_mtu_reports_total", "Reports of packets too long for their path"};
  counter discovery_sent{label, "ipv6_sent_discovery_messages_total",
                         "Messages to neighbours, routers and listeners"};
  counter duplicates{label, "ipv6_duplicate_addresses_total",
                     "Messages that show an address of ours in use by another"};
  counter malformed{label, "ipv6_dropped_total", {"reason", "malformed"}, "Packets that were dropped"};
  counter martian{label, "ipv6_dropped_total", {"reason", "martian"}};
  counter from_us{label, "ipv6_dropped_total", {"reason", "own_source"}};
  counter not_ours{label, "ipv6_dropped_total", {"reason", "not_ours"}};
  counter nothing{label, "ipv6_dropped_total", {"reason", "no_next_header"}};
  counter unwanted{label, "ipv6_dropped_total", {"reason", "option_says_so"}};
  counter problem{label, "ipv6_dropped_total", {"reason", "parameter_problem"}};
  counter unknown_protocol{label, "ipv6_dropped_total", {"reason", "unknown_protocol"}};
  counter discovery_malformed{label, "ipv6_dropped_total", {"reason", "discovery_malformed"}};
  counter discovery_refused{label, "ipv6_dropped_total", {"reason", "discovery_refused"}};
  counter bad_path_reports{label, "ipv6_dropped_total", {"reason", "path_mtu_report_below_1280"}};
  counter unanswered{label, "ipv6_dropped_total", {"reason", "unanswered"}};
  counter link_refused{label, "ipv6_dropped_total", {"reason", "network"}};
  counter fragment_duplicate{label, "ipv6_dropped_total", {"reason", "fragment_duplicate"}};
  counter fragment_malformed{label, "ipv6_dropped_total", {"reason", "fragment_malformed"}};
  counter fragment_overlap{label, "ipv6_dropped_total", {"reason", "fragment_overlap"}};
  counter fragment_given_up{label, "ipv6_dropped_total", {"reason", "fragment_given_up"}};
  counter fragment_too_many{label, "ipv6_dropped_total", {"reason", "fragment_too_many"}};
  counter fragment_memory{label, "ipv6_dropped_total", {"reason", "fragment_memory"}};
  counter fragment_ecn{label, "ipv6_dropped_total", {"reason", "fragment_ecn"}};
  counter reassembly_time{
      label, "ipv6_reassembly_failed_total", {"reason", "time"}, "Packets that stayed incomplete"};
  counter reassembly_evicted{label, "ipv6_reassembly_failed_total", {"reason", "evicted"}};
  counter no_route{label, "ipv6_refused_total", {"reason", "no_route"}, "Packets that were not taken"};
  counter too_long{label, "ipv6_refused_total", {"reason", "too_long"}};
  counter no_memory{label, "ipv6_refused_total", {"reason", "memory"}};
  counter unreachable{label, "ipv6_refused_total", {"reason", "unreachable"}};
  counter table_full{label, "ipv6_refused_total", {"reason", "table_full"}};
  counter parking_full{label, "ipv6_refused_total", {"reason", "parking_full"}};
  counter fragments_lost{
      label, "ipv6_send_failed_total", {"reason", "link"}, "Packets of which a fragment was not taken"};
  counter discovery_not_sent{label, "ipv6_send_failed_total", {"reason", "discovery"}};
};

/// Counts a packet that is not taken.
inline result<void, v1::net_error> refuse(counter& why, v1::net_error error) noexcept {
  ++why;
  return fail(error);
}

}  // namespace mirage
