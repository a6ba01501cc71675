// SPDX-License-Identifier: ISC
#include "mirage/virtio/network.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "mirage/core/endian.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/virtio_net_header/wire.hpp"

namespace mirage::virtio {

namespace {

// Feature bits, §5.1.3.
namespace net_feature {
constexpr unsigned checksum = 0;
constexpr unsigned guest_checksum = 1;
constexpr unsigned mtu = 3;
constexpr unsigned mac = 5;
constexpr unsigned guest_tso4 = 7;
constexpr unsigned guest_tso6 = 8;
constexpr unsigned guest_ecn = 9;
constexpr unsigned host_tso4 = 11;
constexpr unsigned host_tso6 = 12;
constexpr unsigned mergeable = 15;
constexpr unsigned status = 16;
constexpr unsigned host_uso = 56;
}  // namespace net_feature

// The configuration, §5.1.4.
constexpr std::size_t mac_at = 0;
constexpr std::size_t status_at = 6;
constexpr std::size_t mtu_at = 10;
constexpr std::uint16_t link_is_up = 1;

constexpr std::uint16_t receive_queue = 0;
constexpr std::uint16_t send_queue = 1;

constexpr std::size_t ethernet_header = 14;
constexpr std::size_t vlan_tag = 4;
constexpr std::size_t longest_frame = 65535 + ethernet_header + vlan_tag;
// What is left of 64 KiB behind an IPv4 or IPv6 header and a TCP header with all its options.
constexpr std::uint32_t segment_bytes = 65535 - 40 - 60;
constexpr std::uint32_t datagram_bytes = 60'000;
// What every IPv6 host must take.
constexpr std::uint32_t least_mtu = 1280;
constexpr std::size_t receive_bytes = 2048;
constexpr std::size_t merged_bytes = 65536;
// A header, what `fill` wrote, and every slice.
constexpr std::size_t most_pieces = 1 + buffer_list::capacity();
// How long what was sent may stay referenced, and how soon memory that was lacking is asked for again.
constexpr duration look_again_after = 5ms;
// How long what is on its way may take when the network is stopped.
constexpr duration stop_limit = 100ms;

// Some need others (§5.1.3.1); and what was coalesced fits into our buffers only in parts.
std::uint64_t choose(std::uint64_t offered) noexcept {
  using namespace net_feature;
  constexpr std::uint64_t wanted =
      feature_bits({checksum, guest_checksum, mtu, mac, guest_tso4, guest_tso6, guest_ecn, host_tso4,
                    host_tso6, mergeable, status, host_uso});
  std::uint64_t chosen = offered & wanted;
  if ((chosen & feature_bit(checksum)) == 0) chosen &= ~feature_bits({host_tso4, host_tso6, host_uso});
  if ((chosen & feature_bit(guest_checksum)) == 0 || (chosen & feature_bit(mergeable)) == 0)
    chosen &= ~feature_bits({guest_tso4, guest_tso6});
  if ((chosen & feature_bits({guest_tso4, guest_tso6})) == 0) chosen &= ~feature_bit(guest_ecn);
  return chosen;
}

}  // namespace

network::network(std::string_view name, bus& from, const network_options& options) noexcept
    : name_(name),
      options_(options),
      device_(name, from),
      later_([](void* self) noexcept { static_cast<network*>(self)->look_again(); }, this) {}

network::~network() { require(!device_.running(), "a network is destroyed: await stop() first"); }

// ---- Starting and stopping -----------------------------------------------------------------------------

task<result<void, device_error>> network::start() {
  auto opened = open();
  if (!opened) close();
  co_return opened;
}

task<> network::stop() {
  if (device_.running()) ring();
  for (duration waited{}; device_.running() && waited < stop_limit; waited += 1ms) {
    take_sent();
    if (!device_.running() || sending_->in_flight() == 0) break;
    co_await sleep_for(1ms);
  }
  close();
}

result<void, device_error> network::open() {
  MIRAGE_TRY_VOID(device_.begin(device_kind::network, choose));
  agree_on_capabilities();
  if (capabilities_.mtu < least_mtu) return mirage::fail(device_error::bad_layout);
  const std::size_t plain_frame = header_size + ethernet_header + vlan_tag + capabilities_.mtu;
  const bool merges = device_.has(net_feature::mergeable);
  receive_size_ = merges ? receive_bytes : std::max(receive_bytes, plain_frame);
  MIRAGE_TRY(receiving_, device_.make_queue(receive_queue, options_.receive_queue));
  MIRAGE_TRY(sending_, device_.make_queue(send_queue, options_.send_queue, most_pieces, most_pieces));
  lent_ = std::make_unique<buffer[]>(receiving_->size());
  sent_frames_ = std::make_unique<outgoing[]>(sending_->size());
  machine::watch_interrupt(*this, device_.registers().interrupt());
  device_.run();
  take_link();
  refill();
  static_cast<void>(receiving_->arm());
  sending_->disarm();
  return {};
}

void network::agree_on_capabilities() noexcept {
  std::array<std::byte, mac_address::size> octets{};
  if (device_.has(net_feature::mac)) {
    for (std::size_t i = 0; i < octets.size(); ++i)
      octets[i] = std::byte{device_.configuration<std::uint8_t>(mac_at + i)};
  } else {
    os::random(octets);
    octets[0] = (octets[0] & std::byte{0xfc}) | std::byte{0x02};
  }
  mac_ = mac_address::load(octets.data());
  capabilities_ = {.batch = options_.batch, .slices = buffer_list::capacity() - 2};
  if (device_.has(net_feature::mtu)) capabilities_.mtu = device_.configuration<std::uint16_t>(mtu_at);
  const bool checksum = device_.has(net_feature::checksum);
  capabilities_.transmit_checksum = checksum;
  if (checksum && device_.has(net_feature::host_tso4) && device_.has(net_feature::host_tso6))
    capabilities_.segment_bytes = segment_bytes;
  if (checksum && device_.has(net_feature::host_uso)) capabilities_.datagram_bytes = datagram_bytes;
  capabilities_.receive_checksum = device_.has(net_feature::guest_checksum);
  capabilities_.receive_coalescing = device_.has(net_feature::guest_tso4);
}

void network::close() noexcept {
  if (device_.running()) device_.reset();
  if (sending_ != nullptr) machine::unwatch_interrupt(*this, device_.registers().interrupt());
  event_source::unlink();
  doorbell::unlink();
  later_.clear();
  up_ = refused_ = polling_ = false;
  merging_ = {};
  sent_frames_.reset();
  lent_.reset();
  sending_.reset();
  receiving_.reset();
}

// The rings stay, so that whoever is in the middle of them comes to an end; nothing is in them any more.
void network::fail(queue_fault fault) noexcept {
  device_.fail(fault);
  let_go();
}

void network::let_go() noexcept {
  up_ = false;
  if (!device_.at_rest()) return;  // it may still write there
  merging_ = {};
  for (std::uint16_t i = 0; i < sending_->size(); ++i) sent_frames_[i] = {};
  for (std::uint16_t i = 0; i < receiving_->size(); ++i) lent_[i] = {};
}

void network::take_link() noexcept {
  const bool was_up = up_;
  up_ = !device_.has(net_feature::status) ||
        (device_.configuration<std::uint16_t>(status_at) & link_is_up) != 0;
  if (up_ && !was_up) tell_writable();
}

// ---- Sending -------------------------------------------------------------------------------------------

result<buffer, v1::net_error> network::prepare(const v1::transmit& how, const buffer_list& slices) noexcept {
  const std::size_t size = how.header + total_size(slices);
  const std::uint32_t cut =
      how.kind == v1::transmit::cut::udp ? capabilities_.datagram_bytes : capabilities_.segment_bytes;
  const std::size_t longest = how.segment == 0 ? capabilities_.mtu + ethernet_header : longest_frame;
  if (size > longest || (how.segment != 0 && cut == 0)) return mirage::fail(v1::net_error::too_long);
  if (!up_) {
    refused_ = true;
    ++counters_.down;
    return mirage::fail(v1::net_error::down);
  }
  if (!sending_->has_room(1 + slices.size())) take_sent();
  if (!up_) return mirage::fail(v1::net_error::down);
  buffer head = sending_->has_room(1 + slices.size()) ? buffer::allocate(header_size + how.header) : buffer();
  if (!head) {
    refused_ = true;
    ++counters_.full;
    // Half of them done is worth an interrupt. Without one in flight it was memory that lacked.
    if (!sending_->arm(sending_->in_flight() / 2) || sending_->in_flight() == 0)
      later_.set(os::now() + look_again_after);
    return mirage::fail(v1::net_error::full);
  }
  return head;
}

void network::send(const v1::transmit& how, buffer head, std::size_t filled, buffer_list slices) noexcept {
  const bytes memory = head.writable();
  store(header_of(how, filled), memory.first(virtio_net_header::size));
  store_le16(memory.data() + virtio_net_header::size, 0);
  inline_vector<cbytes, most_pieces> pieces;
  pieces.push_back(memory.first(header_size + filled));
  for (const buffer& slice : slices)
    if (!slice.empty()) pieces.push_back(slice.view());
  const std::uint16_t chain = sending_->add({pieces.data(), pieces.size()}, {});
  sent_frames_[chain] = {.head = std::move(head), .slices = std::move(slices)};
  ++counters_.sent;
  os::here->tasks.ring_later(*this);
}

void network::ring() noexcept {
  if (!device_.running()) return;
  if (sending_->publish()) {
    ++counters_.doorbells;
    device_.registers().notify(send_queue);
  }
  if (later_.due() == never) later_.set(os::now() + look_again_after);
}

void network::take_sent() noexcept {
  while (device_.running()) {
    const auto done = sending_->take();
    if (done.what == virtqueue::completion::kind::none) return;
    if (done.what == virtqueue::completion::kind::broken) return fail(sending_->fault());
    sent_frames_[done.chain] = {};
  }
}

void network::tell_writable() noexcept {
  if (refused_ && up_ && sending_->has_room(most_pieces) && sink_) {
    refused_ = false;
    sink_.writable();
  }
}

// Where no interrupt is worth it: for what was sent, and for memory that lacked.
void network::look_again() noexcept {
  if (!device_.running()) return;
  take_sent();
  if (!device_.running()) return;
  refill();
  tell_writable();
  if (sending_->in_flight() != 0 || receiving_->in_flight() < receiving_->size())
    later_.set(os::now() + look_again_after);
}

// ---- Receiving -----------------------------------------------------------------------------------------

bool network::poll() noexcept {
  if (!device_.running()) return false;
  if (!polling_ && (device_.registers().take_interrupts() & interrupt_cause::configuration) != 0) {
    if (device_.has_failed()) {
      let_go();
      return false;
    }
    take_link();
  }
  receiving_->disarm();
  sending_->disarm();
  take_sent();
  handed_up_ = false;
  std::uint32_t taken = 0;
  while (taken < options_.batch && device_.running() && receive()) ++taken;
  os::here->tasks.found(taken);
  if (sink_ && handed_up_) sink_.batch_end();
  if (!device_.running()) return false;
  if (taken != 0) refill();
  tell_writable();
  if (!device_.running()) return false;
  polling_ = taken != 0 || !receiving_->arm();
  if (!polling_ && refused_ && up_) polling_ = !sending_->arm(sending_->in_flight() / 2);
  return polling_;
}

bool network::receive() noexcept {
  const auto done = receiving_->take();
  if (done.what == virtqueue::completion::kind::none) return false;
  if (done.what == virtqueue::completion::kind::broken) {
    fail(receiving_->fault());
    return false;
  }
  take_frame(std::exchange(lent_[done.chain], {}), done.written);
  return true;
}

void network::take_frame(buffer&& content, std::size_t written) noexcept {
  if (merging_.left != 0) return merge(content.view().first(written));
  ++counters_.received;
  if (written < header_size) {
    ++counters_.malformed;
    return;
  }
  const std::byte* const header = content.data();
  const auto known =
      received_of(load_virtio_net_header({header, virtio_net_header::size}), written - header_size);
  const unsigned buffers =
      device_.has(net_feature::mergeable) ? load_le16(header + virtio_net_header::size) : 1;
  content.truncate(written);
  content.drop_front(header_size);
  if (buffers > 1) return begin_merging(content, buffers, known);
  if (!known || buffers == 0)
    ++counters_.malformed;
  else
    hand_up(std::move(content), *known);
}

// What the header knows was held against the first part; the offsets in it lie in the frame's own headers.
void network::begin_merging(const buffer& first, unsigned buffers,
                            const std::optional<v1::received>& known) noexcept {
  ++counters_.merged;
  merging_ = {.frame = buffer::allocate(merged_bytes), .left = buffers};
  if (!merging_.frame) ++counters_.no_memory;
  if (!known) ++counters_.malformed;
  merging_.bad = !merging_.frame || !known;
  if (known) merging_.known = *known;
  merge(first.view());
}

void network::merge(cbytes part) noexcept {
  --merging_.left;
  if (!merging_.bad && part.size() > merged_bytes - merging_.size) {
    ++too_long_;
    merging_.bad = true;
  }
  if (!merging_.bad) {
    std::memcpy(merging_.frame.writable().data() + merging_.size, part.data(), part.size());
    merging_.size += part.size();
  }
  if (merging_.left != 0) return;
  merging whole = std::exchange(merging_, {});
  if (whole.bad) return;
  whole.frame.truncate(whole.size);
  hand_up(std::move(whole.frame), whole.known);
}

void network::hand_up(buffer&& frame, const v1::received& known) noexcept {
  if (!sink_) {
    ++counters_.nobody_listens;
    return;
  }
  handed_up_ = true;
  sink_.input(std::move(frame), known);
}

void network::refill() noexcept {
  while (receiving_->has_room(1)) {
    buffer fresh = buffer::allocate(receive_size_);
    if (!fresh) {
      ++counters_.no_memory;
      if (later_.due() == never) later_.set(os::now() + look_again_after);
      break;
    }
    const std::array whole{cbytes(fresh.view())};
    const std::uint16_t chain = receiving_->add({}, whole);
    lent_[chain] = std::move(fresh);
  }
  if (receiving_->publish()) device_.registers().notify(receive_queue);
}

}  // namespace mirage::virtio
