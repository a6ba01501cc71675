// SPDX-License-Identifier: ISC
#include "packet_batch.hpp"

#include <linux/if_packet.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

#include "mirage/virtio_net_header/wire.hpp"
#include "network_interface.hpp"

namespace mirage::detail {

namespace {

constexpr std::size_t arena_size = 256 * 1024;
constexpr std::uint32_t most_frames = 256;
constexpr std::size_t most_parts = most_frames * 4;
constexpr int send_room = 4 << 20;

}  // namespace

struct packet_batch::state {
  struct frame {
    std::uint32_t offset;
    std::uint32_t length;
    buffer_list slices;
  };
  std::array<frame, most_frames> frames;
  std::array<mmsghdr, most_frames> messages;
  std::array<iovec, most_parts> parts;
  alignas(64) std::array<std::byte, arena_size> arena;
  std::uint32_t first = 0;  // that has not been sent
  std::uint32_t end = 0;
  std::uint32_t used = 0;
  std::size_t parts_wanted = 0;
};

packet_batch::packet_batch() : state_(std::make_unique<state>()) {}
packet_batch::~packet_batch() = default;

int packet_batch::open(int interface) noexcept {
  // Of no protocol, so that it receives nothing.
  socket_ = file_descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return errno;
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  where.sll_ifindex = interface;
  const int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUFFORCE, &send_room, sizeof send_room);
  // On the direct way the kernel drops what it would have to cut first.
  if (cuts_frames(interface)) ::setsockopt(socket_.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  if (::setsockopt(socket_.get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) != 0) return errno;
  const bool bound =
      ::bind(socket_.get(), static_cast<sockaddr*>(static_cast<void*>(&where)), sizeof where) == 0;
  return bound ? 0 : errno;
}

void packet_batch::close() noexcept {
  for (std::uint32_t i = state_->first; i < state_->end; ++i) state_->frames[i].slices.clear();
  state_->first = state_->end = state_->used = 0;
  state_->parts_wanted = 0;
  socket_.reset();
}

bool packet_batch::empty() const noexcept { return state_->first == state_->end; }

bool packet_batch::has_room(std::size_t header) const noexcept {
  const state& s = *state_;
  return s.end < most_frames && header + virtio_net_header::size <= arena_size - s.used &&
         s.parts_wanted + 1 + buffer_list::capacity() <= most_parts;
}

bytes packet_batch::room(std::size_t header) noexcept {
  return {state_->arena.data() + state_->used + virtio_net_header::size, header};
}

void packet_batch::commit(const v1::transmit& how, std::size_t filled, buffer_list slices) noexcept {
  state& s = *state_;
  store(header_of(how, filled), {s.arena.data() + s.used, virtio_net_header::size});
  const auto length = static_cast<std::uint32_t>(virtio_net_header::size + filled);
  s.parts_wanted += 1 + slices.size();
  s.frames[s.end++] = {s.used, length, std::move(slices)};
  s.used += length;
}

packet_batch::outcome packet_batch::flush() noexcept {
  state& s = *state_;
  outcome total;
  std::size_t part = 0;
  for (std::uint32_t i = s.first; i < s.end; ++i) {
    msghdr& message = s.messages[i].msg_hdr;
    message = {};
    message.msg_iov = &s.parts[part];
    s.parts[part++] = {s.arena.data() + s.frames[i].offset, s.frames[i].length};
    // The interface lacks a const: sendmmsg only reads.
    for (const buffer& slice : s.frames[i].slices)
      s.parts[part++] = {const_cast<std::byte*>(slice.data()), slice.size()};
    message.msg_iovlen = static_cast<std::size_t>(&s.parts[part] - message.msg_iov);
  }
  while (s.first < s.end) {
    const int sent = ::sendmmsg(socket_.get(), &s.messages[s.first], s.end - s.first, 0);
    ++total.calls;
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      total.blocked = true;
      return total;
    }
    const auto done = sent < 0 ? 1U : static_cast<std::uint32_t>(sent);
    (sent < 0 ? total.refused : total.sent) += done;
    for (std::uint32_t i = 0; i < done; ++i) s.frames[s.first++].slices.clear();
  }
  s.first = s.end = s.used = 0;
  s.parts_wanted = 0;
  return total;
}

}  // namespace mirage::detail
