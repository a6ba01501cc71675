// SPDX-License-Identifier: ISC
// What TCP counts: every drop and refusal with its reason, and what tells an operator how the network does.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"

namespace mirage::tcp_protocol {

struct statistics {
  explicit statistics(std::string_view device) noexcept : label{"device", device} {}

  metric_label label;

  counter received{label, "tcp_segments_received_total", "Segments that came and were well formed"};
  counter sent{label, "tcp_segments_sent_total", "Segments handed to IP; one that is cut counts once"};
  counter retransmitted{label, "tcp_segments_retransmitted_total", "Segments sent again"};
  counter retransmission_timeouts{label, "tcp_retransmission_timeouts_total", "Timeouts of RFC 6298"};
  counter tail_probes{label, "tcp_tail_loss_probes_total", "Probes of RFC 8985"};
  counter recoveries{label, "tcp_loss_recoveries_total", "Fast recoveries that began"};
  counter undone{label, "tcp_spurious_retransmissions_total", "Congestion responses that were undone"};
  counter ecn_reductions{label, "tcp_ecn_reductions_total", "Windows reduced because of ECN"};
  counter opened{label, "tcp_connections_opened_total", "Connections made to peers"};
  counter accepted{label, "tcp_connections_accepted_total", "Handshakes that peers began and ended"};
  counter reset_by_peer{label, "tcp_connections_reset_total", "Connections that the peer reset"};
  counter timed_out{label, "tcp_connections_timed_out_total", "Connections given up without an answer"};
  counter zero_windows{label, "tcp_zero_window_probes_total", "Probes of a closed window"};
  counter black_holes{label, "tcp_path_mtu_black_holes_total", "Paths that lost large packets silently"};
  counter challenges{label, "tcp_challenge_acks_total", "Acknowledgements of RFC 5961"};
  counter resets_sent{label, "tcp_resets_sent_total", "Segments with RST"};
  counter cookies_sent{label, "tcp_syn_cookies_sent_total", "SYNs answered without memory, RFC 4987"};
  counter cookies_accepted{label, "tcp_syn_cookies_accepted_total", "Connections made from a cookie"};

  counter malformed{label, "tcp_segments_dropped_total", {"reason", "malformed"}, "Segments not taken in"};
  counter bad_checksum{label, "tcp_segments_dropped_total", {"reason", "checksum"}};
  counter bad_address{label, "tcp_segments_dropped_total", {"reason", "address"}};
  counter no_connection{label, "tcp_segments_dropped_total", {"reason", "no_connection"}};
  counter out_of_window{label, "tcp_segments_dropped_total", {"reason", "out_of_window"}};
  counter old_timestamp{label, "tcp_segments_dropped_total", {"reason", "old_timestamp"}};
  counter bad_reset{label, "tcp_segments_dropped_total", {"reason", "reset_not_at_edge"}};
  counter bad_acknowledgement{label, "tcp_segments_dropped_total", {"reason", "acknowledgement"}};
  counter no_acknowledgement{label, "tcp_segments_dropped_total", {"reason", "no_acknowledgement"}};
  counter reassembly_full{label, "tcp_segments_dropped_total", {"reason", "out_of_order_limit"}};
  counter no_memory{label, "tcp_segments_dropped_total", {"reason", "memory"}};
  counter after_close{label, "tcp_segments_dropped_total", {"reason", "after_close"}};
  counter bad_report{label, "tcp_icmp_reports_dropped_total", "Reports about nothing that was sent"};

  counter backlog_full{
      label, "tcp_connections_refused_total", {"reason", "backlog"}, "Connections not taken in"};
  counter connection_limit{label, "tcp_connections_refused_total", {"reason", "limit"}};
  counter bad_cookie{label, "tcp_connections_refused_total", {"reason", "cookie"}};
  counter nobody_listens{label, "tcp_connections_refused_total", {"reason", "nobody_listens"}};
  counter time_wait_early{label, "tcp_time_wait_ended_early_total", "The oldest, at the cap"};
  counter time_wait_reused{label, "tcp_time_wait_reused_total", "Ends taken again by RFC 6191"};
};

}  // namespace mirage::tcp_protocol
