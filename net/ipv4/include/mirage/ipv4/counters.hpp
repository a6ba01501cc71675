// SPDX-License-Identifier: ISC
// What an interface's IPv4 counts: what went through, and each reason for which something did not.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"

namespace mirage {

/// The name must outlive it.
struct ipv4_counters {
  explicit ipv4_counters(std::string_view device) noexcept : label{"device", device} {}

  metric_label label;
  counter received{label, "ipv4_received_packets_total", "Packets that came"};
  counter sent{label, "ipv4_sent_packets_total", "Packets that the link took"};
  counter fragments_received{label, "ipv4_received_fragments_total", "Fragments that were of use"};
  counter fragments_sent{label, "ipv4_sent_fragments_total", "Fragments of datagrams that went out whole"};
  counter reassembled{label, "ipv4_reassembled_total", "Datagrams put together from fragments"};
  counter path_reports{label, "ipv4_path_mtu_reports_total", "Reports of packets too long for their path"};
  counter malformed{label, "ipv4_dropped_total", {"reason", "malformed"}, "Packets that were dropped"};
  counter bad_checksum{label, "ipv4_dropped_total", {"reason", "bad_checksum"}};
  counter source_routed{label, "ipv4_dropped_total", {"reason", "source_routed"}};
  counter martian{label, "ipv4_dropped_total", {"reason", "martian"}};
  counter not_ours{label, "ipv4_dropped_total", {"reason", "not_ours"}};
  counter unknown_protocol{label, "ipv4_dropped_total", {"reason", "unknown_protocol"}};
  counter fragment_duplicate{label, "ipv4_dropped_total", {"reason", "fragment_duplicate"}};
  counter fragment_malformed{label, "ipv4_dropped_total", {"reason", "fragment_malformed"}};
  counter fragment_overlap{label, "ipv4_dropped_total", {"reason", "fragment_overlap"}};
  counter fragment_given_up{label, "ipv4_dropped_total", {"reason", "fragment_given_up"}};
  counter fragment_too_many{label, "ipv4_dropped_total", {"reason", "fragment_too_many"}};
  counter fragment_memory{label, "ipv4_dropped_total", {"reason", "fragment_memory"}};
  counter fragment_ecn{label, "ipv4_dropped_total", {"reason", "fragment_ecn"}};
  counter reassembly_time{
      label, "ipv4_reassembly_failed_total", {"reason", "time"}, "Datagrams that stayed incomplete"};
  counter reassembly_evicted{label, "ipv4_reassembly_failed_total", {"reason", "evicted"}};
  counter igmp_sent{label, "igmp_sent_messages_total", "Messages to routers about groups"};
  counter igmp_not_sent{label, "igmp_send_failed_total", "Messages that the link did not take"};
  counter igmp_malformed{label, "igmp_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter igmp_checksum{label, "igmp_dropped_total", {"reason", "bad_checksum"}};
  counter igmp_refused{label, "igmp_dropped_total", {"reason", "refused"}};
  counter no_route{label, "ipv4_refused_total", {"reason", "no_route"}, "Packets that were not taken"};
  counter too_long{label, "ipv4_refused_total", {"reason", "too_long"}};
  counter no_memory{label, "ipv4_refused_total", {"reason", "memory"}};
  counter fragments_lost{
      label, "ipv4_send_failed_total", {"reason", "link"}, "Datagrams of which a fragment was not taken"};
};

}  // namespace mirage
