// SPDX-License-Identifier: ISC
#include "mirage/linux/datagram_batch.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "mirage/core/hash.hpp"
#include "mirage/core/os.hpp"
#include "mirage/datagram_groups.hpp"
#include "mirage/linux/datagram_socket.hpp"
#include "socket_address.hpp"

namespace mirage::detail {

namespace {

constexpr std::size_t arena_size = 256 * 1024;
constexpr std::size_t control_size = 128;
// In every kernel that has UDP_SEGMENT; a longer datagram does not fit in an Ethernet frame and cannot be
// cut.
constexpr datagram_group_limits together{.datagrams = 64, .bytes = 65000, .longest = 1452};
constexpr datagram_group_limits alone{.datagrams = 1};

template <class T>
void put_control(msghdr& message, std::size_t& used, int level, int type, const T& value) noexcept {
  message.msg_controllen = used + CMSG_SPACE(sizeof value);
  auto* item = static_cast<cmsghdr*>(static_cast<void*>(static_cast<std::byte*>(message.msg_control) + used));
  item->cmsg_level = level;
  item->cmsg_type = type;
  item->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(item), &value, sizeof value);
  used += CMSG_SPACE(sizeof value);
}

// Only what differs from what the kernel would choose.
void put_route(msghdr& message, std::size_t& used, const v1::datagram_route& route,
               bool socket_chooses) noexcept {
  const ip_address& to = route.destination.address;
  const bool v4 = to.is_v4();
  const bool source = !socket_chooses && !route.source.address.is_unspecified();
  const std::uint32_t interface = to.is_multicast() || to.is_link_local() ? route.interface : 0;
  if (source || interface != 0) {
    if (v4) {
      in_pktinfo info{};
      info.ipi_ifindex = static_cast<int>(interface);
      if (source) info.ipi_spec_dst = to_in_addr(route.source.address.v4());
      put_control(message, used, IPPROTO_IP, IP_PKTINFO, info);
    } else {
      in6_pktinfo info{};
      info.ipi6_ifindex = interface;
      if (source) info.ipi6_addr = to_in6_addr(route.source.address.v6());
      put_control(message, used, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
  }
  if (route.ttl != 0)
    put_control(message, used, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_HOPLIMIT, int{route.ttl});
}

}  // namespace

struct datagram_batch::way {
  datagram_socket* socket = nullptr;
  v1::datagram_route to{};
  bool unordered = false;

  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return to.destination.hash(hash_mix(seed, reinterpret_cast<std::uintptr_t>(socket)));
  }
  [[nodiscard]] bool operator==(const way& other) const noexcept {
    return socket == other.socket && to.destination == other.to.destination && to.source == other.to.source &&
           to.interface == other.to.interface && to.ttl == other.to.ttl && unordered == other.unordered;
  }
};

struct datagram_batch::state {
  static constexpr std::size_t most = detail::datagram_grouping::most;

  state() noexcept : groups(os::random64()) {}

  datagram_groups<way> groups;
  std::array<bool, most> left;  // of a group: it was sent, or dropped
  std::array<mmsghdr, most> messages;
  std::array<std::size_t, most> group_of_message;
  std::array<iovec, most> parts;
  std::array<socket_address, most> names;
  alignas(cmsghdr) std::array<std::array<std::byte, control_size>, most> control;
  alignas(64) std::array<std::byte, arena_size> arena;
  std::size_t used = 0;
};

datagram_batch::datagram_batch() : state_(std::make_unique_for_overwrite<state>()) {}
datagram_batch::~datagram_batch() = default;

bool datagram_batch::empty() const noexcept { return state_->groups.empty(); }

bool datagram_batch::has_room(std::size_t size) const noexcept {
  return !state_->groups.full() && size <= arena_size - state_->used;
}

bytes datagram_batch::room(std::size_t size) noexcept { return {state_->arena.data() + state_->used, size}; }

void datagram_batch::commit(datagram_socket& from, const v1::datagram_route& to,
                            std::size_t length) noexcept {
  state_->groups.add({&from, to, to.unordered}, state_->used, length);
  state_->used += length;
}

datagram_batch::outcome datagram_batch::flush(bool& segment) noexcept {
  outcome total;
  state& s = *state_;
  if (s.groups.empty()) return total;
  s.groups.make(segment ? together : alone);
  s.left.fill(false);
  // A socket is served when its first group comes up.
  for (std::size_t i = 0; i < s.groups.size(); ++i)
    if (!s.left[i]) send_from(*s.groups.way(s.groups[i]).socket, segment, total);
  s.groups.clear();
  s.used = 0;
  return total;
}

// What lies side by side is one part.
std::size_t datagram_batch::gather(std::span<const waiting_datagram> group, iovec* parts) noexcept {
  std::size_t count = 0;
  std::size_t end = 0;
  for (const waiting_datagram& each : group) {
    if (count > 0 && each.offset == end)
      parts[count - 1].iov_len += each.length;
    else
      parts[count++] = {state_->arena.data() + each.offset, each.length};
    end = std::size_t{each.offset} + each.length;
  }
  return count;
}

void datagram_batch::send_from(datagram_socket& socket, bool& segment, outcome& total) noexcept {
  state& s = *state_;
  unsigned count = 0;
  std::size_t part = 0;
  for (std::size_t i = 0; i < s.groups.size(); ++i) {
    const auto group = s.groups[i];
    const way& where = s.groups.way(group);
    if (s.left[i] || where.socket != &socket) continue;
    s.group_of_message[count] = i;
    s.names[count] = to_socket_address(where.to.destination, where.to.interface);
    msghdr& message = s.messages[count].msg_hdr;
    message = {};
    message.msg_name = &s.names[count];
    message.msg_namelen = s.names[count].size();
    message.msg_iov = &s.parts[part];
    message.msg_iovlen = gather(group, &s.parts[part]);
    part += message.msg_iovlen;
    message.msg_control = s.control[count].data();
    std::size_t used = 0;
    put_route(message, used, where.to, !socket.local().address.is_unspecified());
    if (group.size() > 1)
      put_control(message, used, SOL_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(group.front().length));
    if (used == 0) message.msg_control = nullptr;
    ++count;
  }
  for (unsigned at = 0; at < count;) {
    const int sent = ::sendmmsg(socket.descriptor(), &s.messages[at], count - at, MSG_NOSIGNAL);
    const int error = errno;
    ++total.calls;
    for (int i = 0; i < sent; ++i) {
      const std::size_t done = s.group_of_message[at++];
      total.sent += s.groups[done].size();
      total.segmented += s.groups[done].size() > 1 ? 1 : 0;
      s.left[done] = true;
    }
    if (sent > 0 || error == EINTR) continue;
    if (error == EAGAIN) {
      socket.no_room();
      for (; at < count; ++at) {
        const std::size_t dropped = s.group_of_message[at];
        total.no_room += s.groups[dropped].size();
        s.left[dropped] = true;
      }
      return;
    }
    const std::size_t failed = s.group_of_message[at++];
    s.left[failed] = true;
    if (s.groups[failed].size() > 1) {
      // Not every path can cut: a smaller MTU, a device without checksums, an old kernel.
      if (error == EIO || error == EOPNOTSUPP || error == ENOPROTOOPT) segment = false;
      send_one_by_one(s.groups[failed], total);
    } else {
      ++total.refused;
    }
  }
}

void datagram_batch::send_one_by_one(std::span<const waiting_datagram> group, outcome& total) noexcept {
  state& s = *state_;
  const way& where = s.groups.way(group);
  datagram_socket& socket = *where.socket;
  for (const waiting_datagram& each : group) {
    alignas(cmsghdr) std::array<std::byte, control_size> control;
    socket_address name = to_socket_address(where.to.destination, where.to.interface);
    iovec part{s.arena.data() + each.offset, each.length};
    msghdr message{};
    message.msg_name = &name;
    message.msg_namelen = name.size();
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    std::size_t used = 0;
    put_route(message, used, where.to, !socket.local().address.is_unspecified());
    if (used == 0) message.msg_control = nullptr;
    ++total.calls;
    if (::sendmsg(socket.descriptor(), &message, MSG_NOSIGNAL) >= 0) {
      ++total.sent;
    } else if (errno == EAGAIN) {
      socket.no_room();
      ++total.no_room;
    } else {
      ++total.refused;
    }
  }
}

}  // namespace mirage::detail
