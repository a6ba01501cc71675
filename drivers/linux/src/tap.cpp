// SPDX-License-Identifier: ISC
#include "mirage/linux/tap.hpp"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "capture_file.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "network_interface.hpp"

namespace mirage {

namespace {

constexpr log_source tap_log{"tap"};

constexpr std::size_t header_size = virtio_net_header::size;
constexpr std::size_t ethernet_header = 14;
constexpr std::size_t vlan_tag = 4;
// A frame with an IP packet of 64 KiB; the kernel keeps what it coalesces below.
constexpr std::size_t longest_frame = 65535 + ethernet_header + vlan_tag;
constexpr std::size_t small_frame = 2048;
constexpr std::size_t large_frame = 65536;
// What is left of 64 KiB behind an IPv4 or IPv6 header and a TCP header with all its options.
constexpr std::uint32_t segment_bytes = 65535 - 40 - 60;
// Below the 64 datagrams that every kernel cuts.
constexpr std::uint32_t datagram_bytes = 60'000;
constexpr unsigned wanted_offloads = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
// TUN_F_USO4 and TUN_F_USO6, which Debian 12's headers do not have.
constexpr unsigned datagram_offloads = 0x20 | 0x40;

tap_error error_of(int error) noexcept {
  switch (error) {
    case EPERM:
    case EACCES: return tap_error::not_permitted;
    case EBUSY: return tap_error::in_use;
    case EINVAL:
    case EEXIST: return tap_error::bad_name;
    default: return tap_error::failed;
  }
}

}  // namespace

tap::tap(std::string_view name, std::string_view interface, const tap_options& options)
    : name_(name),
      interface_(interface),
      options_(options),
      mac_(options.mac ? *options.mac : detail::random_mac()),
      scratch_(std::make_unique<std::byte[]>(header_size + longest_frame)) {}

tap::~tap() = default;

// ---- Starting and stopping -----------------------------------------------------------------------------

task<result<void, tap_error>> tap::start() {
  auto opened = open();
  if (!opened) explain(opened.error());
  co_return opened;
}

task<> tap::stop() {
  if (device_) machine::unwatch(*this, device_.get());
  device_.reset();
  waiting_ = {};
  small_ = buffer();
  large_ = buffer();
  capture_.reset();
  co_return;
}

result<void, tap_error> tap::open() {
  ifreq request{};
  if (interface_.empty() || interface_.size() >= IFNAMSIZ) return fail(tap_error::bad_name);
  interface_.copy(request.ifr_name, IFNAMSIZ - 1);
  file_descriptor device(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!device) return fail(errno == EACCES ? tap_error::not_permitted : tap_error::no_tun);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  if (::ioctl(device.get(), TUNSETIFF, &request) != 0) return fail(error_of(errno));
  // A tap that outlives its users may have had another length.
  int length = header_size;
  if (::ioctl(device.get(), TUNSETVNETHDRSZ, &length) != 0) return fail(tap_error::failed);
  // Said in any case: it, too, would otherwise stay as the last user left it.
  capabilities_ = {.batch = options_.batch, .slices = buffer_list::capacity() - 2};
  unsigned offloads = options_.offloads ? wanted_offloads | datagram_offloads : 0;
  if (::ioctl(device.get(), TUNSETOFFLOAD, offloads) != 0) {
    offloads &= ~datagram_offloads;  // before Linux 6.2
    if (::ioctl(device.get(), TUNSETOFFLOAD, offloads) != 0) return fail(tap_error::failed);
  }
  if (offloads != 0) {
    capabilities_.transmit_checksum = capabilities_.receive_checksum = true;
    capabilities_.receive_coalescing = true;
    capabilities_.segment_bytes = segment_bytes;
    if ((offloads & datagram_offloads) != 0) capabilities_.datagram_bytes = datagram_bytes;
  }
  if (!options_.capture.empty()) {
    capture_ = detail::capture_file::open(std::string(options_.capture), name_);
    if (capture_ == nullptr) return fail(tap_error::no_capture);
  }
  const auto mtu = detail::mtu_of(interface_);
  if (!mtu || !machine::watch(*this, device.get())) return fail(tap_error::failed);
  capabilities_.mtu = *mtu;
  device_ = std::move(device);
  return {};
}

void tap::explain(tap_error why) const {
  if (why != tap_error::not_permitted) return;
  tap_log.error("make the tap once, and give it to this user:");
  tap_log.error("  sudo ip tuntap add dev {} mode tap user $USER", std::string_view(interface_));
  tap_log.error("  sudo ip addr add 10.0.0.1/24 dev {}", std::string_view(interface_));
  tap_log.error("  sudo ip link set {} up", std::string_view(interface_));
}

// ---- Sending -------------------------------------------------------------------------------------------

result<bytes, v1::net_error> tap::prepare(const v1::transmit& how, std::size_t slices) noexcept {
  const std::size_t size = how.header + slices;
  const std::size_t longest = how.segment == 0 ? capabilities_.mtu + ethernet_header : longest_frame;
  const bool can_cut = how.segment == 0 || capabilities_.segment_bytes != 0;
  if (size > longest || !can_cut) return fail(v1::net_error::too_long);
  if (!device_) return fail(v1::net_error::down);
  if (waiting_.filled != 0) {
    ++counters_.full;
    return fail(v1::net_error::full);
  }
  return bytes(scratch_.get() + header_size, longest_frame);
}

void tap::send(const v1::transmit& how, std::size_t filled, buffer_list slices) noexcept {
  store(header_of(how, filled), bytes(scratch_.get(), header_size));
  if (capture_) capture_->record({scratch_.get() + header_size, filled}, slices);
  if (!try_send(filled, slices)) waiting_ = {.filled = filled, .slices = std::move(slices)};
}

// False when there is no room now; what the kernel refuses is dropped.
bool tap::try_send(std::size_t filled, const buffer_list& slices) noexcept {
  std::array<iovec, buffer_list::capacity() + 1> parts;
  std::size_t count = 0;
  parts[count++] = {scratch_.get(), header_size + filled};
  // The interface lacks a const: writev only reads.
  for (const buffer& slice : slices) parts[count++] = {const_cast<std::byte*>(slice.data()), slice.size()};
  ssize_t written = 0;
  do {
    written = ::writev(device_.get(), parts.data(), static_cast<int>(count));
  } while (written < 0 && errno == EINTR);
  if (written >= 0) {
    ++counters_.sent;
  } else if (errno == EAGAIN) {
    ready &= static_cast<std::uint8_t>(~machine::descriptor_source::writable);
    return false;
  } else {
    ++(errno == EIO ? down_ : refused_);
  }
  return true;
}

void tap::send_waiting() noexcept {
  if (waiting_.filled == 0 || (ready & machine::descriptor_source::writable) == 0) return;
  if (!try_send(waiting_.filled, waiting_.slices)) return;
  waiting_ = {};
  if (sink_) sink_.writable();
}

// ---- Receiving -----------------------------------------------------------------------------------------

bool tap::poll() noexcept {
  if (!device_) return false;
  send_waiting();
  handed_up_ = false;
  std::uint32_t taken = 0;
  while (taken < options_.batch && (ready & machine::descriptor_source::readable) != 0 && receive()) ++taken;
  os::here->tasks.found(taken);
  if (sink_ && handed_up_) sink_.batch_end();
  return device_ && (ready & machine::descriptor_source::readable) != 0;
}

// A small frame lies in a small buffer; of a longer one the rest is behind its place in the large buffer.
bool tap::receive() noexcept {
  if (!small_) small_ = buffer::allocate(small_frame);
  if (!large_) large_ = buffer::allocate(large_frame);
  std::array<std::byte, header_size> header;
  const bool has_room = small_ && large_;
  std::array<iovec, 3> parts{iovec{header.data(), header.size()}};
  if (has_room) {
    parts[1] = {small_.writable().data(), small_frame};
    parts[2] = {large_.writable().data() + small_frame, large_frame - small_frame};
  }
  ssize_t count = 0;
  do {
    // Without room the frame is read all the same, and so dropped, lest nothing more is reported.
    count = ::readv(device_.get(), parts.data(), has_room ? 3 : 1);
  } while (count < 0 && errno == EINTR);
  if (count < static_cast<ssize_t>(header_size)) {
    ready &= static_cast<std::uint8_t>(~machine::descriptor_source::readable);
    return false;
  }
  ++counters_.received;
  const std::size_t size = static_cast<std::size_t>(count) - header_size;
  const auto known = received_of(load_virtio_net_header(header), size);
  if (!has_room) {
    ++counters_.no_memory;
  } else if (!known || size == large_frame) {  // a frame that fills the room may have been longer
    ++counters_.malformed;
  } else if (!sink_) {
    ++counters_.nobody_listens;
  } else {
    hand_up(size, *known);
  }
  return true;
}

void tap::hand_up(std::size_t size, const v1::received& known) noexcept {
  buffer& frame = size <= small_frame ? small_ : large_;
  if (size > small_frame) std::memcpy(large_.writable().data(), small_.data(), small_frame);
  const std::size_t capacity = frame.size();
  frame.truncate(size);
  handed_up_ = true;
  if (capture_) capture_->record(frame.view());
  sink_.input(std::move(frame), known);
  // Who did not keep it has lent it back, perhaps shortened from either end: then a new one is taken.
  // NOLINTNEXTLINE(bugprone-use-after-move): moving from what is lent is the sink's choice
  if (frame && (!frame.unique() || frame.capacity() < capacity)) frame = buffer();
  if (frame) frame.resize(capacity);
}

}  // namespace mirage
