// SPDX-License-Identifier: ISC
#include "mirage/arp/core.hpp"

#include <algorithm>

namespace mirage {

namespace {

/// Addresses that a host can send from (RFC 1122 §3.2.1.3); unspecified is a probe.
[[nodiscard]] bool can_send(ipv4_address address) noexcept {
  return !address.is_multicast() && !address.is_broadcast() && !address.is_loopback();
}

}  // namespace

arp_core::arp_core(mac_address mac, const arp_options& options, std::uint64_t seed)
    : mac_(mac), neighbours_(options), claims_(options.addresses, seed) {}

arp_core::verdict arp_core::input(cbytes packet, instant now) noexcept {
  const auto came = arp_packet::of(packet);
  if (!came) return verdict::malformed;
  const bool request = came->operation() == static_cast<std::uint16_t>(arp_operation::request);
  if (!request && came->operation() != static_cast<std::uint16_t>(arp_operation::reply))
    return verdict::malformed;
  const mac_address from = came->sender_mac();
  const ipv4_address sender = came->sender();
  const ipv4_address target = came->target();
  if (from.is_multicast() || from.is_zero() || !can_send(sender)) return verdict::malformed;
  if (from == mac_) return verdict::own;

  answers_.clear();
  answered_ = 0;
  if (const arp_action conflict = claims_.heard(sender, target, from, now);
      conflict.what != arp_action::kind::none) {
    answers_.push_back(conflict);
    return verdict::taken;
  }
  const bool asks_us = claims_.is_ours(target);
  auto merged = neighbour_table::merge::none;
  if (!sender.is_unspecified()) merged = neighbours_.heard(sender, from, asks_us, now);
  if (merged == neighbour_table::merge::learned)
    answers_.push_back({.what = arp_action::kind::resolved, .target = sender, .to = from});
  if (request && asks_us)
    answers_.push_back({.what = arp_action::kind::send,
                        .operation = arp_operation::reply,
                        .sender = target,
                        .target = sender,
                        .to = from});
  return merged == neighbour_table::merge::moved ? verdict::moved : verdict::taken;
}

arp_action arp_core::poll(instant now) noexcept {
  if (answered_ < answers_.size()) return answers_[answered_++];
  if (const arp_action wanted = claims_.poll(now); wanted.what != arp_action::kind::none) return wanted;
  arp_action wanted = neighbours_.poll(now);
  if (wanted.what == arp_action::kind::send) wanted.sender = claims_.nearest(wanted.target);
  return wanted;
}

instant arp_core::next_timeout() const noexcept {
  return std::min(claims_.next_timeout(), neighbours_.next_timeout());
}

std::size_t arp_core::emit(const arp_action& action, bytes to) const noexcept {
  const mac_address target = action.operation == arp_operation::reply ? action.to : mac_address{};
  arp_packet::write(to, action.operation, mac_, action.sender, target, action.target);
  return arp_packet::size;
}

}  // namespace mirage
