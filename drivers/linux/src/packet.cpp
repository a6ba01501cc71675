// SPDX-License-Identifier: ISC
#include "mirage/linux/packet.hpp"

#include <sys/utsname.h>

#include <cerrno>
#include <charconv>

#include "capture_file.hpp"
#include "mirage/core/os.hpp"
#include "network_interface.hpp"
#include "packet_batch.hpp"
#include "packet_ring.hpp"

namespace mirage {

namespace {

constexpr std::size_t ethernet_header = 14;
// The kernel cuts what is longer than the interface's MTU only below 64 KiB with all headers.
constexpr std::size_t longest_frame = 65535;
constexpr std::uint32_t segment_bytes = longest_frame - ethernet_header - 40 - 60;
constexpr std::uint32_t datagram_bytes = 60'000;

// Cutting UDP for a packet socket came with Linux 6.2.
bool cuts_datagrams() noexcept {
  utsname system{};
  if (::uname(&system) != 0) return false;
  const std::string_view release = system.release;
  unsigned major = 0;
  unsigned minor = 0;
  const auto dot = std::from_chars(release.begin(), release.end(), major);
  if (dot.ptr == release.end() || *dot.ptr != '.') return false;
  std::from_chars(dot.ptr + 1, release.end(), minor);
  return major > 6 || (major == 6 && minor >= 2);
}

packet_error error_of(int error) noexcept {
  switch (error) {
    case EPERM:
    case EACCES: return packet_error::not_permitted;
    case ENODEV:
    case ENXIO: return packet_error::no_interface;
    default: return packet_error::failed;
  }
}

}  // namespace

packet::packet(std::string_view name, std::string_view interface, const packet_options& options)
    : name_(name),
      interface_(interface),
      options_(options),
      mac_(options.mac ? *options.mac : detail::random_mac()),
      incoming_(std::make_unique<detail::packet_ring>()),
      outgoing_(std::make_unique<detail::packet_batch>()) {}

packet::~packet() = default;

// ---- Starting and stopping -----------------------------------------------------------------------------

task<result<void, packet_error>> packet::start() {
  auto opened = open();
  if (!opened) close();
  co_return opened;
}

task<> packet::stop() {
  if (running_ && !outgoing_->empty()) flush();
  close();
  co_return;
}

result<void, packet_error> packet::open() {
  const auto interface = detail::index_of(interface_);
  const auto mtu = detail::mtu_of(interface_);
  if (!interface || !mtu) return fail(packet_error::no_interface);
  if (const int error = incoming_->open(*interface, mac_); error != 0) return fail(error_of(error));
  if (const int error = outgoing_->open(*interface); error != 0) return fail(error_of(error));
  if (!options_.capture.empty()) {
    capture_ = detail::capture_file::open(std::string(options_.capture), name_);
    if (capture_ == nullptr) return fail(packet_error::no_capture);
  }
  if (!machine::watch(*this, incoming_->descriptor())) return fail(packet_error::failed);
  if (!machine::watch(sender_, outgoing_->descriptor())) return fail(packet_error::failed);
  running_ = true;
  capabilities_ = {.mtu = *mtu,
                   .batch = options_.batch,
                   .slices = buffer_list::capacity() - 2,
                   .segment_bytes = segment_bytes,
                   .datagram_bytes = cuts_datagrams() ? datagram_bytes : 0,
                   .transmit_checksum = true,
                   .receive_checksum = true,
                   .receive_coalescing = true};
  return {};
}

void packet::close() noexcept {
  // Closing takes the descriptors out of the poller's set.
  event_source::unlink();
  doorbell::unlink();
  sender_.unlink();
  running_ = blocked_ = refused_ = false;
  incoming_->close();
  outgoing_->close();
  capture_.reset();
}

// ---- Sending -------------------------------------------------------------------------------------------

result<bytes, v1::net_error> packet::prepare(const v1::transmit& how, std::size_t slices) noexcept {
  const std::size_t longest = how.segment == 0 ? capabilities_.mtu + ethernet_header : longest_frame;
  if (how.header + slices > longest) return fail(v1::net_error::too_long);
  if (!running_) return fail(v1::net_error::down);
  if (!outgoing_->has_room(how.header) && !blocked_) flush();
  if (!outgoing_->has_room(how.header)) {
    refused_ = true;
    ++counters_.full;
    return fail(v1::net_error::full);
  }
  return outgoing_->room(how.header);
}

void packet::commit(const v1::transmit& how, std::size_t filled, buffer_list slices) noexcept {
  if (capture_) capture_->record(outgoing_->room(filled), slices);
  outgoing_->commit(how, filled, std::move(slices));
  if (!blocked_) os::here->tasks.ring_later(*this);
}

void packet::ring() noexcept {
  if (running_ && !blocked_) flush();
}

void packet::flush() noexcept {
  const auto done = outgoing_->flush();
  counters_.sent += done.sent;
  kernel_ += done.refused;
  send_calls_ += done.calls;
  blocked_ = done.blocked;
}

bool packet::sender::poll() noexcept {
  ready = 0;
  if (!owner.running_ || !owner.blocked_) return false;
  owner.flush();
  if (!owner.blocked_ && std::exchange(owner.refused_, false) && owner.sink_) owner.sink_.writable();
  return false;
}

// ---- Receiving -----------------------------------------------------------------------------------------

bool packet::poll() noexcept {
  using outcome = detail::packet_ring::outcome;
  bool handed_up = false;
  std::uint32_t taken = 0;
  for (; taken < options_.batch && running_; ++taken) {
    auto frame = incoming_->take();
    if (frame.what == outcome::empty) break;
    ++counters_.received;
    switch (frame.what) {
      case outcome::no_memory: ++counters_.no_memory; continue;
      case outcome::too_long: ++too_long_; continue;
      case outcome::malformed: ++counters_.malformed; continue;
      default: break;
    }
    if (!sink_) {
      ++counters_.nobody_listens;
      continue;
    }
    handed_up = true;
    if (capture_) capture_->record(frame.content.view());
    sink_.input(std::move(frame.content), frame.known);
  }
  os::here->tasks.found(taken);
  if (handed_up && sink_) sink_.batch_end();
  if (running_ && incoming_->has_lost()) ring_full_ += incoming_->take_losses();
  return running_ && taken == options_.batch;
}

}  // namespace mirage
