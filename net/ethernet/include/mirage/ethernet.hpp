// SPDX-License-Identifier: ISC
// Ethernet framing: IEEE 802.3, RFC 894, IEEE 802.1Q. Frames of IEEE 802.2 (RFC 1042) are not spoken.
//
//   mirage::ethernet<network_0> ethernet{"ethernet", network};
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/ethernet/classify.hpp"
#include "mirage/ethernet/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct ethernet_options {
  /// Sends and hears only this VLAN, 1 to 4094; 0: frames without a tag.
  std::uint16_t vlan = 0;
};

/// `v1::ethernet`. The network must outlive it. On a VLAN the MTU is smaller by the tag, because not every
/// device takes a longer frame, and the device is not asked to cut segments.
template <v1::network Network>
class ethernet {
 public:
  ethernet(std::string_view name, Network& network, ethernet_options options = {}) noexcept
      : name_(name), network_(network), vlan_(options.vlan) {
    require(vlan_ <= vlan_tag::greatest_id, "a VLAN has a number from 1 to 4094");
  }
  ethernet(const ethernet&) = delete;
  ethernet& operator=(const ethernet&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] mac_address mac() const noexcept { return network_.mac(); }
  [[nodiscard]] v1::capabilities capabilities() const noexcept {
    v1::capabilities known = network_.capabilities();
    if (vlan_ == 0) return known;
    known.mtu -= vlan_tag::size;
    known.segment_bytes = known.datagram_bytes = 0;
    return known;
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(mac_address to, std::uint16_t type, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    const std::uint16_t size = vlan_ == 0 ? ethernet_header::size : ethernet_header::size + vlan_tag::size;
    v1::transmit below = how;
    below.header += size;
    if (below.checksum_offset != 0)
      below.checksum_start = static_cast<std::uint16_t>(how.checksum_start + size);
    auto framed = [&](bytes frame) noexcept {
      ethernet_header::write(frame, to, network_.mac(), vlan_ == 0 ? type : ethertype::vlan);
      if (vlan_ != 0) vlan_tag::write(frame.subspan(ethernet_header::size), vlan_, type);
      return size + fill(frame.subspan(size));
    };
    auto sent = network_.write(below, framed, std::move(slices));
    if (sent) ++sent_;
    return sent;
  }

  template <class Up>
  void input(buffer&& frame, const v1::received& how, Up& up) {
    const classified_frame known = classify(frame.view(), network_.mac(), vlan_);
    v1::received told = how;
    told.group = how.group || known.group;
    frame.drop_front(known.header);
    switch (known.verdict) {
      case frame_verdict::arp: ++received_; return up.arp(std::move(frame), told);
      case frame_verdict::ipv4: ++received_; return up.ipv4(std::move(frame), told);
      case frame_verdict::ipv6: ++received_; return up.ipv6(std::move(frame), told);
      case frame_verdict::too_short: ++short_; return;
      case frame_verdict::bad_source: ++bad_source_; return;
      case frame_verdict::other_station: ++other_station_; return;
      case frame_verdict::other_vlan: ++other_vlan_; return;
      case frame_verdict::other_type: ++other_type_; return;
    }
  }

 private:
  std::string_view name_;
  Network& network_;
  std::uint16_t vlan_;

  metric_label label_{"device", name_};
  counter received_{label_, "ethernet_received_frames_total", "Frames handed up"};
  counter sent_{label_, "ethernet_sent_frames_total", "Frames that the network took"};
  counter short_{label_, "ethernet_dropped_total", {"reason", "too_short"}, "Frames that were dropped"};
  counter bad_source_{label_, "ethernet_dropped_total", {"reason", "bad_source"}};
  counter other_station_{label_, "ethernet_dropped_total", {"reason", "other_station"}};
  counter other_vlan_{label_, "ethernet_dropped_total", {"reason", "other_vlan"}};
  counter other_type_{label_, "ethernet_dropped_total", {"reason", "other_type"}};
};

}  // namespace mirage
