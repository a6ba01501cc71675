// SPDX-License-Identifier: ISC
#include "mirage/linux/datagram_batch.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "mirage/core/hash.hpp"
#include "mirage/linux/datagram_socket.hpp"
#include "socket_address.hpp"

namespace mirage::detail {

namespace {

constexpr std::size_t arena_size = 256 * 1024;
constexpr std::uint16_t most_entries = 256;
constexpr std::uint16_t none = 0xffff;
constexpr std::uint16_t most_segments = 64;      // of UDP_SEGMENT, in every kernel that has it
constexpr std::uint32_t most_bytes = 65000;      // of one message, headers left out
constexpr std::uint32_t longest_segment = 1452;  // more does not fit in an Ethernet frame and cannot be cut
constexpr std::size_t control_size = 128;
constexpr std::size_t table_size = 512;
static_assert(table_size >= 2 * most_entries && (table_size & (table_size - 1)) == 0);

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
  const bool v4 = route.destination.address.is_v4();
  const bool source = !socket_chooses && !route.source.address.is_unspecified();
  if (source || route.interface != 0) {
    if (v4) {
      in_pktinfo info{};
      info.ipi_ifindex = static_cast<int>(route.interface);
      if (source) info.ipi_spec_dst = to_in_addr(route.source.address.v4());
      put_control(message, used, IPPROTO_IP, IP_PKTINFO, info);
    } else {
      in6_pktinfo info{};
      info.ipi6_ifindex = route.interface;
      if (source) info.ipi6_addr = to_in6_addr(route.source.address.v6());
      put_control(message, used, IPPROTO_IPV6, IPV6_PKTINFO, info);
    }
  }
  if (route.ttl != 0)
    put_control(message, used, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_HOPLIMIT, int{route.ttl});
}

}  // namespace

struct datagram_batch::entry {
  datagram_socket* socket;
  v1::datagram_route to;
  std::uint32_t offset;
  std::uint32_t length;
  std::uint16_t next;  // in its group
};

struct datagram_batch::group {
  std::uint16_t first;
  std::uint16_t last;
  std::uint16_t count;
  bool open;
  std::uint32_t bytes;
};

struct datagram_batch::state {
  std::array<entry, most_entries> entries;
  std::array<group, most_entries> groups;
  std::array<std::uint16_t, table_size> newest_group;  // of a peer, by hash
  std::array<mmsghdr, most_entries> messages;
  std::array<std::uint16_t, most_entries> group_of_message;
  std::array<iovec, most_entries> parts;
  std::array<socket_address, most_entries> names;
  alignas(cmsghdr) std::array<std::array<std::byte, control_size>, most_entries> control;
  alignas(64) std::array<std::byte, arena_size> arena;
  std::uint16_t entry_count = 0;
  std::uint16_t group_count = 0;
  std::uint32_t used = 0;

  [[nodiscard]] static bool same_way(const entry& a, const entry& b) noexcept {
    return a.socket == b.socket && a.to.destination == b.to.destination && a.to.source == b.to.source &&
           a.to.interface == b.to.interface && a.to.ttl == b.to.ttl;
  }
  // Where the peer's newest group is, or can be put.
  std::uint16_t& newest_of(const entry& of) noexcept {
    std::size_t at = of.to.destination.hash() & (table_size - 1);
    while (newest_group[at] != none && !same_way(entries[groups[newest_group[at]].first], of))
      at = (at + 1) & (table_size - 1);
    return newest_group[at];
  }
};

datagram_batch::datagram_batch() : state_(std::make_unique_for_overwrite<state>()) {}
datagram_batch::~datagram_batch() = default;

bool datagram_batch::empty() const noexcept { return state_->entry_count == 0; }

bool datagram_batch::has_room(std::size_t size) const noexcept {
  return state_->entry_count < most_entries && size <= arena_size - state_->used;
}

bytes datagram_batch::room(std::size_t size) noexcept { return {state_->arena.data() + state_->used, size}; }

void datagram_batch::commit(datagram_socket& from, const v1::datagram_route& to,
                            std::size_t length) noexcept {
  const auto bytes = static_cast<std::uint32_t>(length);
  state_->entries[state_->entry_count++] = {&from, to, state_->used, bytes, none};
  state_->used += bytes;
}

// Datagrams to one peer keep their order: only its newest group grows, by segments of one length, of which
// the last may be shorter.
void datagram_batch::make_groups(bool segment) noexcept {
  state& s = *state_;
  s.group_count = 0;
  s.newest_group.fill(none);
  for (std::uint16_t i = 0; i < s.entry_count; ++i) {
    entry& each = s.entries[i];
    std::uint16_t& newest = s.newest_of(each);
    if (newest != none && segment) {
      group& into = s.groups[newest];
      const std::uint32_t length = s.entries[into.first].length;
      const bool fits = into.count < most_segments && into.bytes + each.length <= most_bytes;
      if (into.open && fits && each.length <= length && each.length > 0 && length <= longest_segment) {
        s.entries[into.last].next = i;
        into.last = i;
        into.bytes += each.length;
        into.open = each.length == length;
        ++into.count;
        continue;
      }
    }
    newest = s.group_count;
    s.groups[s.group_count++] = {.first = i, .last = i, .count = 1, .open = true, .bytes = each.length};
  }
}

datagram_batch::outcome datagram_batch::flush(bool& segment) noexcept {
  outcome total;
  if (state_->entry_count == 0) return total;
  make_groups(segment);
  for (std::uint16_t i = 0; i < state_->group_count; ++i) {
    // A socket is served when its first group comes up; `count` is 0 for what was sent.
    const group& each = state_->groups[i];
    if (each.count != 0) send_from(*state_->entries[each.first].socket, segment, total);
  }
  state_->entry_count = 0;
  state_->used = 0;
  return total;
}

void datagram_batch::send_from(datagram_socket& socket, bool& segment, outcome& total) noexcept {
  state& s = *state_;
  unsigned count = 0;
  std::uint16_t part = 0;
  for (std::uint16_t i = 0; i < s.group_count; ++i) {
    const group& each = s.groups[i];
    const entry& first = s.entries[each.first];
    if (each.count == 0 || first.socket != &socket) continue;
    s.group_of_message[count] = i;
    msghdr& message = s.messages[count].msg_hdr;
    message = {};
    s.names[count] = to_socket_address(first.to.destination, first.to.interface);
    message.msg_name = &s.names[count];
    message.msg_namelen = s.names[count].size();
    message.msg_iov = &s.parts[part];
    std::uint32_t end = ~std::uint32_t{0};
    for (std::uint16_t at = each.first; at != none; at = s.entries[at].next) {
      const entry& member = s.entries[at];
      if (at != each.first && member.offset == end) {
        s.parts[part - 1U].iov_len += member.length;
      } else {
        s.parts[part++] = {s.arena.data() + member.offset, member.length};
        ++message.msg_iovlen;
      }
      end = member.offset + member.length;
    }
    message.msg_control = s.control[count].data();
    std::size_t used = 0;
    put_route(message, used, first.to, !socket.local().address.is_unspecified());
    if (each.count > 1)
      put_control(message, used, SOL_UDP, UDP_SEGMENT, static_cast<std::uint16_t>(first.length));
    if (used == 0) message.msg_control = nullptr;
    ++count;
  }
  for (unsigned at = 0; at < count;) {
    const int sent = ::sendmmsg(socket.descriptor(), &s.messages[at], count - at, MSG_NOSIGNAL);
    const int error = errno;
    ++total.calls;
    for (int i = 0; i < sent; ++i) {
      group& done = s.groups[s.group_of_message[at++]];
      total.sent += done.count;
      total.segmented += done.count > 1 ? 1 : 0;
      done.count = 0;
    }
    if (sent > 0 || error == EINTR) continue;
    group& failed = s.groups[s.group_of_message[at]];
    if (error == EAGAIN) {
      socket.no_room();
      for (; at < count; ++at) {
        group& dropped = s.groups[s.group_of_message[at]];
        total.no_room += std::exchange(dropped.count, std::uint16_t{0});
      }
      return;
    }
    if (failed.count > 1) {
      // Not every path can cut: a smaller MTU, a device without checksums, an old kernel.
      if (error == EIO || error == EOPNOTSUPP || error == ENOPROTOOPT) segment = false;
      send_one_by_one(socket, failed, total);
    } else {
      ++total.refused;
    }
    failed.count = 0;
    ++at;
  }
}

void datagram_batch::send_one_by_one(datagram_socket& socket, const group& members, outcome& total) noexcept {
  state& s = *state_;
  for (std::uint16_t at = members.first; at != none; at = s.entries[at].next) {
    const entry& each = s.entries[at];
    alignas(cmsghdr) std::array<std::byte, control_size> control;
    socket_address name = to_socket_address(each.to.destination, each.to.interface);
    iovec part{s.arena.data() + each.offset, each.length};
    msghdr message{};
    message.msg_name = &name;
    message.msg_namelen = name.size();
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    std::size_t used = 0;
    put_route(message, used, each.to, !socket.local().address.is_unspecified());
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
