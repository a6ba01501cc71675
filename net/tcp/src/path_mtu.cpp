// SPDX-License-Identifier: ISC
// How long segments are: path MTU discovery by reports (RFC 1191, RFC 8201), and where nobody reports
// (RFC 4821, RFC 2923).
#include <algorithm>

#include "mirage/tcp/connection.hpp"
#include "mirage/tcp/news.hpp"

namespace mirage::tcp_protocol {

namespace {
// RFC 4821 §7.7: what passes nearly everywhere.
constexpr std::uint32_t small_mtu_v4 = 576;
constexpr std::uint32_t small_mtu_v6 = 1280;
// RFC 1191 §6.3: after a report, no longer packet for ten minutes.
constexpr duration reports_hold = 600s;
}  // namespace

std::uint32_t connection::small_mtu() const noexcept {
  return path_.ip_header == 40 ? small_mtu_v6 : small_mtu_v4;
}

/// Of one segment, with the options that every segment has.
std::uint32_t connection::payload_of(std::uint32_t mtu) const noexcept {
  path way = path_;
  way.mtu = mtu;
  return std::min(agreed_.peer_mss, way.mss()) - (agreed_.timestamps ? 12u : 0u);
}

void connection::set_segment_size() noexcept {
  send_mss_ = static_cast<std::uint16_t>(payload_of(path_.mtu));
  congestion_.set_mss(send_mss_);
}

void connection::path_is_shorter(std::uint32_t mtu, instant now) noexcept {
  if (mtu >= path_.mtu) return path_search_.told(mtu, now);
  path_search_.begin(mtu, path_.mtu, now + reports_hold);
  path_.mtu = mtu;
  const std::uint16_t before = send_mss_;
  if (!is_synchronized()) return;
  set_segment_size();
  if (send_mss_ >= before) return;
  // RFC 1191 §6.5: what was too long is sent again at once, without a congestion response.
  for (sent_segment* at = queue_.first(); at != nullptr; at = at->next)
    if (!at->sacked && at->payload() > send_mss_) queue_.mark_lost(*at);
  arm_for_loss(now);
}

/// The first segment was sent twice, and nothing was heard. What is sent now is in several that pass nearly
/// everywhere: together they are no more than the one segment of RFC 5681 §3.1, of several one is more likely
/// to be answered, and what arrives tells whether length is the reason.
void connection::send_in_pieces() noexcept {
  const std::uint32_t small = payload_of(small_mtu());
  if (in_pieces_ || send_mss_ <= small) return;
  const std::uint32_t payload = queue_.first()->payload();
  in_pieces_ = true;
  pieces_tell_ = payload > small;
  pieces_end_ = queue_.una() + std::min<std::uint32_t>(payload, send_mss_);
}

/// After an acknowledgement: what it tells of the lengths that the path takes.
void connection::heed_sizes(const news& what, instant now) noexcept {
  if (what.path_probe_arrived) {
    path_.mtu = path_search_.arrived(now);
    set_segment_size();
  }
  const bool large_passes = what.large_arrived || what.duplicate;
  if (large_passes) path_search_.large_arrived();
  if (!in_pieces_ || queue_.una() < pieces_end_) return;
  in_pieces_ = false;
  if (large_passes || !pieces_tell_ || !path_search_.only_small_arrived()) return;
  ++shared_.count.black_holes;
  path_search_.begin(small_mtu(), std::min(path_.mtu, agreed_.peer_mss + path_.ip_header + 20u), now);
  path_.mtu = small_mtu();
  set_segment_size();
}

/// RFC 4821 §7.5: new data in one longer segment, where nothing is amiss and there is enough of it.
bool connection::plan_path_probe(transmission& out, instant now) const noexcept {
  const std::uint32_t size = path_search_.candidate(now);
  if (size == 0 || phase_ != phase::open || queue_.una() < path_probe_ || tell_reduced_ || !agreed_.sack)
    return false;
  const std::uint32_t length = payload_of(size);
  if (length <= send_mss_ || length >= queue_.unsent() || length > peer_room()) return false;
  if (queue_.in_flight() + length > congestion_.window()) return false;
  out.seq = queue_.nxt();
  out.payload = queue_.next_unsent();
  out.length = length;
  out.flags = flag::ack;
  out.is_path_probe = true;
  return true;
}

/// RFC 4821 §7.6.1: a probe that is lost alone was too long, which is no sign of congestion.
bool connection::only_a_probe_was_lost(instant now) noexcept {
  const std::uint32_t probe = queue_.take_lost_probe();
  if (probe == 0) return false;
  path_search_.lost(now);
  return queue_.lost() == probe;
}

}  // namespace mirage::tcp_protocol
