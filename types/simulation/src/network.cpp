// SPDX-License-Identifier: ISC
#include "mirage/simulation/network.hpp"

#include <algorithm>
#include <utility>

#include "mirage/core/panic.hpp"
#include "mirage/simulation/offload.hpp"

namespace mirage::simulation {

namespace {
constexpr std::size_t ethernet_header = 14;
}

network::network(port& cable, mac_address mac, const network_options& options, std::string_view name) noexcept
    : cable_(cable), node_(*os::here), name_(name), mac_(mac), options_(options) {
  if (options_.mtu == 0) options_.mtu = cable_.mtu();
  cable_.plug(this);
}

network::~network() { cable_.plug(nullptr); }

v1::capabilities network::capabilities() const noexcept {
  return {.mtu = options_.mtu,
          .batch = options_.batch,
          .segment_bytes = options_.offload.segment_bytes,
          .datagram_bytes = options_.offload.datagram_bytes,
          .transmit_checksum = options_.offload.transmit_checksum,
          .receive_checksum = options_.offload.receive_checksum};
}

// ---- Sending ----

result<void, v1::net_error> network::check(const v1::transmit& how, std::size_t length) noexcept {
  require(how.checksum_offset == 0 || options_.offload.transmit_checksum,
          "a checksum is asked of a network that makes none");
  if (how.segment == 0)
    return length > ethernet_header + options_.mtu
               ? result<void, v1::net_error>(fail(v1::net_error::too_long))
               : result<void, v1::net_error>{};
  const bool datagrams = how.kind == v1::transmit::cut::udp;
  const std::size_t most = datagrams ? options_.offload.datagram_bytes : options_.offload.segment_bytes;
  if (most == 0 || length > how.checksum_start + max_transport_header + most)
    return fail(v1::net_error::too_long);
  return {};
}

result<buffer, v1::net_error> network::prepare(const v1::transmit& how, std::size_t slices) noexcept {
  MIRAGE_TRY_VOID(check(how, how.header + slices));
  switch (cable_.state()) {
    case port_state::ready: break;
    case port_state::full: ++full_; return fail(v1::net_error::full);
    case port_state::down: ++down_; return fail(v1::net_error::down);
  }
  buffer packet = buffer::allocate(how.header + slices);
  if (packet) return packet;
  ++full_;
  ready();
  return fail(v1::net_error::full);
}

void network::send(const v1::transmit& how, buffer packet, std::size_t filled,
                   const buffer_list& slices) noexcept {
  const bytes memory = packet.writable();
  auto to = memory.begin() + static_cast<std::ptrdiff_t>(filled);
  for (const buffer& slice : slices) to = std::ranges::copy(slice.view(), to).out;
  const bytes whole = memory.first(filled + total_size(slices));
  if (how.segment == 0) {
    if (how.checksum_offset != 0) finish_checksum(whole, how.checksum_start, how.checksum_offset);
    cable_.send(whole);
    return;
  }
  segmenter pieces(whole, how);
  for (cbytes piece = pieces.next(); !piece.empty(); piece = pieces.next()) cable_.send(piece);
}

// ---- Receiving ----

void network::arrived(frame&& carried) noexcept {
  if (incoming_.size() >= options_.receive_queue) {
    ++overrun_;
    return;
  }
  incoming_.push_back(std::move(carried));
  node_.tasks.mark(*this);
}

void network::ready() noexcept {
  tell_writable_ = true;
  node_.tasks.mark(*this);
}

bool network::poll() noexcept {
  bool delivered = false;
  for (std::uint32_t i = 0; i < options_.batch && !incoming_.empty(); ++i) {
    const frame next = std::move(incoming_.front());
    incoming_.pop_front();
    delivered = pass_on(next) || delivered;
  }
  if (delivered && sink_) sink_.batch_end();
  if (std::exchange(tell_writable_, false) && sink_) sink_.writable();
  return !incoming_.empty();
}

bool network::pass_on(const frame& carried) noexcept {
  if (!sink_) {
    ++nobody_;
    return false;
  }
  buffer lent = buffer::copy_of(carried);
  if (!lent) {
    ++no_memory_;
    return false;
  }
  v1::received how;
  how.checksum_verified = options_.offload.receive_checksum && has_right_checksum(carried);
  sink_.input(std::move(lent), how);
  return true;
}

}  // namespace mirage::simulation
