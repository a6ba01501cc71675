// SPDX-License-Identifier: ISC
// What TCP counts: every drop and refusal with its reason, and what tells an operator how the network does.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"

namespace mirage::tcp_protocol {

struct statistics {
  explicit statistics(std::string_view device) noexcept : label{"device", device} {}

  metric_label label;

  counter received{"tcp_segments_received_total", {label}, "Segments that came and were well formed"};
  counter sent{"tcp_segments_sent_total", {label}, "Segments handed to IP; one that is cut counts once"};
  counter retransmitted{"tcp_segments_retransmitted_total", {label}, "Segments sent again"};
  counter retransmission_timeouts{"tcp_retransmission_timeouts_total", {label}, "Timeouts of RFC 6298"};
  counter tail_probes{"tcp_tail_loss_probes_total", {label}, "Probes of RFC 8985"};
  counter recoveries{"tcp_loss_recoveries_total", {label}, "Fast recoveries that began"};
  counter undone{"tcp_spurious_retransmissions_total", {label}, "Congestion responses that were undone"};
  counter ecn_reductions{"tcp_ecn_reductions_total", {label}, "Windows reduced because of ECN"};
  counter opened{"tcp_connections_opened_total", {label}, "Connections made to peers"};
  counter accepted{"tcp_connections_accepted_total", {label}, "Handshakes that peers began and ended"};
  counter reset_by_peer{"tcp_connections_reset_total", {label}, "Connections that the peer reset"};
  counter timed_out{"tcp_connections_timed_out_total", {label}, "Connections given up without an answer"};
  counter zero_windows{"tcp_zero_window_probes_total", {label}, "Probes of a closed window"};
  counter black_holes{"tcp_path_mtu_black_holes_total", {label}, "Paths that lost large packets silently"};
  counter challenges{"tcp_challenge_acks_total", {label}, "Acknowledgements of RFC 5961"};
  counter resets_sent{"tcp_resets_sent_total", {label}, "Segments with RST"};
  counter cookies_sent{"tcp_syn_cookies_sent_total", {label}, "SYNs answered without memory, RFC 4987"};
  counter cookies_accepted{"tcp_syn_cookies_accepted_total", {label}, "Connections made from a cookie"};

  counter malformed{"tcp_segments_dropped_total", {label, {"reason", "malformed"}}, "Segments not taken in"};
  counter bad_checksum{"tcp_segments_dropped_total", {label, {"reason", "checksum"}}};
  counter bad_address{"tcp_segments_dropped_total", {label, {"reason", "address"}}};
  counter no_connection{"tcp_segments_dropped_total", {label, {"reason", "no_connection"}}};
  counter out_of_window{"tcp_segments_dropped_total", {label, {"reason", "out_of_window"}}};
  counter old_timestamp{"tcp_segments_dropped_total", {label, {"reason", "old_timestamp"}}};
  counter bad_reset{"tcp_segments_dropped_total", {label, {"reason", "reset_not_at_edge"}}};
  counter bad_acknowledgement{"tcp_segments_dropped_total", {label, {"reason", "acknowledgement"}}};
  counter no_acknowledgement{"tcp_segments_dropped_total", {label, {"reason", "no_acknowledgement"}}};
  counter reassembly_full{"tcp_segments_dropped_total", {label, {"reason", "out_of_order_limit"}}};
  counter no_memory{"tcp_segments_dropped_total", {label, {"reason", "memory"}}};
  counter after_close{"tcp_segments_dropped_total", {label, {"reason", "after_close"}}};
  counter bad_report{"tcp_icmp_reports_dropped_total", {label}, "Reports about nothing that was sent"};

  counter backlog_full{
      "tcp_connections_refused_total", {label, {"reason", "backlog"}}, "Connections not taken in"};
  counter connection_limit{"tcp_connections_refused_total", {label, {"reason", "limit"}}};
  counter bad_cookie{"tcp_connections_refused_total", {label, {"reason", "cookie"}}};
  counter nobody_listens{"tcp_connections_refused_total", {label, {"reason", "nobody_listens"}}};
  counter time_wait_early{"tcp_time_wait_ended_early_total", {label}, "The oldest, at the cap"};
  counter time_wait_reused{"tcp_time_wait_reused_total", {label}, "Ends taken again by RFC 6191"};
};

}  // namespace mirage::tcp_protocol
