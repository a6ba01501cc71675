// SPDX-License-Identifier: ISC
// Packets that wait until it is known where they go: copies, in a capped number of buffers, in their order.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "mirage/any_fill.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/buffer.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Whether no such device can ever send it, so that it is refused now and not lost later.
[[nodiscard]] bool is_too_long(const v1::capabilities& device, const v1::transmit& how,
                               std::size_t size) noexcept;

/// Called with a packet, from the first byte of its header, whose neighbour does not answer; lent for the
/// call.
using unanswered_handler = inline_function<void(cbytes packet), 16>;

class packet_parking {
 public:
  packet_parking(std::size_t packets, std::size_t most_bytes)
      : most_packets_(packets), most_bytes_(most_bytes) {
    waiting_.reserve(packets);
  }

  /// False, and nothing is filled in, at a cap. A neighbour gets no more than it leaves free, so that some
  /// who do not answer leave room for others.
  [[nodiscard]] bool park(ip_address next_hop, const v1::transmit& how, any_fill fill,
                          const buffer_list& slices);

  /// `send(const v1::transmit&, cbytes packet)` for each that waits for it, and then they are gone; how many.
  template <class Send>
  std::size_t release(ip_address next_hop, Send send) {
    return take(next_hop, [&](const parked& one) { send(one.how, one.packet.view()); });
  }
  /// Nobody is there: the handler is told of each that waits for it, and then they are gone; how many.
  std::size_t give_up(ip_address next_hop) {
    return take(next_hop, [&](const parked& one) {
      if (unanswered_) (*unanswered_)(one.packet.view());
    });
  }
  /// The handler sends nothing.
  void on_unanswered(unanswered_handler handler) noexcept { unanswered_.emplace(std::move(handler)); }

 private:
  struct parked {
    ip_address next_hop;
    v1::transmit how;
    buffer packet;
  };

  [[nodiscard]] bool has_room(const ip_address& next_hop, std::size_t size) const noexcept;
  template <class Visit>
  std::size_t take(ip_address next_hop, Visit visit) {
    return std::erase_if(waiting_, [&](const parked& one) {
      if (one.next_hop != next_hop) return false;
      visit(one);
      bytes_ -= one.packet.size();
      return true;
    });
  }

  std::size_t most_packets_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::vector<parked> waiting_;
  std::optional<unanswered_handler> unanswered_;
};

}  // namespace mirage
