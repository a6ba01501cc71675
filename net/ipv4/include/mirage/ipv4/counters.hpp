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
  counter received{"ipv4_received_packets_total", {label}, "Packets that came"};
  counter sent{"ipv4_sent_packets_total", {label}, "Packets that the link took"};
  counter fragments_received{"ipv4_received_fragments_total", {label}, "Fragments that were of use"};
  counter fragments_sent{"ipv4_sent_fragments_total", {label}, "Fragments of datagrams that went out whole"};
  counter reassembled{"ipv4_reassembled_total", {label}, "Datagrams put together from fragments"};
  counter path_reports{"ipv4_path_mtu_reports_total", {label}, "Reports of packets too long for their path"};
  counter malformed{"ipv4_dropped_total", {label, {"reason", "malformed"}}, "Packets that were dropped"};
  counter bad_checksum{"ipv4_dropped_total", {label, {"reason", "bad_checksum"}}};
  counter source_routed{"ipv4_dropped_total", {label, {"reason", "source_routed"}}};
  counter martian{"ipv4_dropped_total", {label, {"reason", "martian"}}};
  counter not_ours{"ipv4_dropped_total", {label, {"reason", "not_ours"}}};
  counter unknown_protocol{"ipv4_dropped_total", {label, {"reason", "unknown_protocol"}}};
  counter fragment_duplicate{"ipv4_dropped_total", {label, {"reason", "fragment_duplicate"}}};
  counter fragment_malformed{"ipv4_dropped_total", {label, {"reason", "fragment_malformed"}}};
  counter fragment_overlap{"ipv4_dropped_total", {label, {"reason", "fragment_overlap"}}};
  counter fragment_given_up{"ipv4_dropped_total", {label, {"reason", "fragment_given_up"}}};
  counter fragment_too_many{"ipv4_dropped_total", {label, {"reason", "fragment_too_many"}}};
  counter fragment_memory{"ipv4_dropped_total", {label, {"reason", "fragment_memory"}}};
  counter fragment_ecn{"ipv4_dropped_total", {label, {"reason", "fragment_ecn"}}};
  counter reassembly_time{
      "ipv4_reassembly_failed_total", {label, {"reason", "time"}}, "Datagrams that stayed incomplete"};
  counter reassembly_evicted{"ipv4_reassembly_failed_total", {label, {"reason", "evicted"}}};
  counter igmp_sent{"igmp_sent_messages_total", {label}, "Messages to routers about groups"};
  counter igmp_not_sent{"igmp_send_failed_total", {label}, "Messages that the link did not take"};
  counter igmp_malformed{
      "igmp_dropped_total", {label, {"reason", "malformed"}}, "Messages that were dropped"};
  counter igmp_checksum{"igmp_dropped_total", {label, {"reason", "bad_checksum"}}};
  counter igmp_refused{"igmp_dropped_total", {label, {"reason", "refused"}}};
  counter no_route{"ipv4_refused_total", {label, {"reason", "no_route"}}, "Packets that were not taken"};
  counter too_long{"ipv4_refused_total", {label, {"reason", "too_long"}}};
  counter no_memory{"ipv4_refused_total", {label, {"reason", "memory"}}};
  counter fragments_lost{
      "ipv4_send_failed_total", {label, {"reason", "link"}}, "Datagrams of which a fragment was not taken"};
};

}  // namespace mirage
