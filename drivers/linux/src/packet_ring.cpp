// SPDX-License-Identifier: ISC
#include "packet_ring.hpp"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "mirage/core/endian.hpp"

namespace mirage::detail {

namespace {

constexpr std::uint32_t slot_size = 2048;
constexpr std::uint32_t slots = 2048;
constexpr std::uint32_t block_size = 64 * 1024;
constexpr std::size_t ring_size = std::size_t{slot_size} * slots;
constexpr std::size_t long_frame = 65536;
constexpr int long_frames = 8 << 20;  // bytes of frames that are longer than a slot
constexpr std::size_t addresses = 12;
constexpr std::size_t tag_size = 4;

template <class T>
bool set(int socket, int option, const T& value) noexcept {
  return ::setsockopt(socket, SOL_PACKET, option, &value, sizeof value) == 0;
}

// Runs in the kernel for each frame of the interface: to us, or to a group.
bool filter(int socket, const mac_address& mac) noexcept {
  std::array<std::byte, mac_address::size> octets;
  mac.store(octets.data());
  std::array<sock_filter, 8> program{{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 4, 0),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, load_be32(octets.data()), 0, 3),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, load_be16(octets.data() + 4), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0x7fffffff),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog whole{.len = program.size(), .filter = program.data()};
  return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &whole, sizeof whole) == 0;
}

bool bind_to(int socket, int interface) noexcept {
  sockaddr_ll where{};
  where.sll_family = AF_PACKET;
  where.sll_protocol = htons(ETH_P_ALL);
  where.sll_ifindex = interface;
  return ::bind(socket, static_cast<sockaddr*>(static_cast<void*>(&where)), sizeof where) == 0;
}

// The order matters: the ring takes the version and the headers that were chosen before, and nothing must
// come until the filter is in place.
bool prepare(int socket, int interface, const mac_address& mac) noexcept {
  packet_mreq everything{};
  everything.mr_ifindex = interface;
  everything.mr_type = PACKET_MR_PROMISC;
  const tpacket_req ring{.tp_block_size = block_size,
                         .tp_block_nr = ring_size / block_size,
                         .tp_frame_size = slot_size,
                         .tp_frame_nr = slots};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &long_frames, sizeof long_frames);
  return filter(socket, mac) && set(socket, PACKET_IGNORE_OUTGOING, 1) &&
         set(socket, PACKET_ADD_MEMBERSHIP, everything) && set(socket, PACKET_VERSION, int{TPACKET_V2}) &&
         set(socket, PACKET_VNET_HDR, 1) && set(socket, PACKET_COPY_THRESH, 1) &&
         set(socket, PACKET_RX_RING, ring);
}

}  // namespace

// A view of one place in the ring.
struct packet_ring::slot {
  std::byte* at;

  [[nodiscard]] tpacket2_hdr& header() const noexcept {
    return *static_cast<tpacket2_hdr*>(static_cast<void*>(at));
  }
  [[nodiscard]] std::uint32_t status() const noexcept {
    return std::atomic_ref(header().tp_status).load(std::memory_order_acquire);
  }
  void give_back() const noexcept {
    std::atomic_ref(header().tp_status).store(TP_STATUS_KERNEL, std::memory_order_release);
  }
};

int packet_ring::open(int interface, const mac_address& mac) noexcept {
  socket_ = file_descriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return errno;
  if (!prepare(socket_.get(), interface, mac)) return errno;
  void* memory = ::mmap(nullptr, ring_size, PROT_READ | PROT_WRITE, MAP_SHARED, socket_.get(), 0);
  if (memory == MAP_FAILED) return errno;
  memory_ = static_cast<std::byte*>(memory);
  next_ = 0;
  return bind_to(socket_.get(), interface) ? 0 : errno;
}

void packet_ring::close() noexcept {
  if (memory_ != nullptr) ::munmap(memory_, ring_size);
  memory_ = nullptr;
  socket_.reset();
}

packet_ring::frame packet_ring::take() noexcept {
  const slot here{memory_ + std::size_t{slot_size} * next_};
  const std::uint32_t status = here.status();
  if ((status & TP_STATUS_USER) == 0) return {};
  next_ = (next_ + 1) % slots;
  has_lost_ = (status & TP_STATUS_LOSING) != 0;
  frame taken;
  if ((status & TP_STATUS_COPY) != 0) {
    taken = receive_long();
  } else if (here.header().tp_snaplen < here.header().tp_len) {
    taken.what = outcome::too_long;
  } else {
    taken = copy_of(here);
  }
  here.give_back();
  return taken;
}

packet_ring::frame packet_ring::copy_of(const slot& from) noexcept {
  // Read once: the kernel does not change it now, but what is checked must be what is used.
  const std::size_t size = from.header().tp_snaplen;
  const std::size_t start = from.header().tp_mac;
  const bool tagged = (from.header().tp_status & TP_STATUS_VLAN_VALID) != 0;
  if (start < virtio_net_header::size || start > slot_size || size > slot_size - start || size < addresses)
    return {.what = outcome::malformed, .content = {}, .known = {}};
  const std::byte* bytes = from.at + start;
  const auto known =
      received_of(load_virtio_net_header({bytes - virtio_net_header::size, virtio_net_header::size}), size);
  if (!known) return {.what = outcome::malformed, .content = {}, .known = {}};
  buffer copy = buffer::allocate(size + (tagged ? tag_size : 0));
  if (!copy) return {.what = outcome::no_memory, .content = {}, .known = {}};
  std::byte* to = copy.writable().data();
  std::memcpy(to, bytes, addresses);
  to += addresses;
  if (tagged) {
    // The kernel has taken the tag out of the frame.
    const bool told = (from.header().tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
    store_be16(to, told ? from.header().tp_vlan_tpid : std::uint16_t{ETH_P_8021Q});
    store_be16(to + 2, from.header().tp_vlan_tci);
    to += tag_size;
  }
  std::memcpy(to, bytes + addresses, size - addresses);
  return {.what = outcome::taken, .content = std::move(copy), .known = *known};
}

// What a slot is too short for waits in the socket's queue, in the same order.
packet_ring::frame packet_ring::receive_long() noexcept {
  buffer room = buffer::allocate(long_frame);
  std::array<std::byte, virtio_net_header::size> header;
  std::array<iovec, 2> parts{iovec{header.data(), header.size()}};
  if (room) parts[1] = {room.writable().data(), long_frame};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = room ? 2 : 1;
  const ssize_t count = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT);
  if (!room) return {.what = outcome::no_memory, .content = {}, .known = {}};
  if (count < static_cast<ssize_t>(header.size()))
    return {.what = outcome::malformed, .content = {}, .known = {}};
  if ((message.msg_flags & MSG_TRUNC) != 0) return {.what = outcome::too_long, .content = {}, .known = {}};
  const std::size_t size = static_cast<std::size_t>(count) - header.size();
  const auto known = received_of(load_virtio_net_header(header), size);
  if (!known) return {.what = outcome::malformed, .content = {}, .known = {}};
  room.truncate(size);
  return {.what = outcome::taken, .content = std::move(room), .known = *known};
}

std::uint64_t packet_ring::take_losses() noexcept {
  tpacket_stats counted{};
  socklen_t size = sizeof counted;
  has_lost_ = false;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &counted, &size) != 0) return 0;
  return counted.tp_drops;
}

}  // namespace mirage::detail
