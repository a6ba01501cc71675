// SPDX-License-Identifier: ISC
#include "mirage/linux/datagram_socket.hpp"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/linux/socket_udp.hpp"
#include "socket_address.hpp"

namespace mirage::detail {

namespace {

// Most datagrams fit in the first part, which is a pooled buffer; the rest of a long one goes to memory that
// is only touched then.
constexpr std::size_t usual_size = 2048;
constexpr std::size_t overflow_size = 65536;
constexpr std::size_t control_size = 128;
constexpr int kernel_buffer = 4 * 1024 * 1024;

// More than net.core.rmem_max allows, where the process may.
void enlarge(int socket, int forced, int option) noexcept {
  if (::setsockopt(socket, SOL_SOCKET, forced, &kernel_buffer, sizeof kernel_buffer) != 0)
    set_option(socket, SOL_SOCKET, option, kernel_buffer);
}

// Of a socket that is bound to an address of its own it is clear where each datagram was sent. The interface
// and the TTL matter to what speaks to groups and on links. What the kernel need not say of each datagram
// makes a busy server faster.
bool needs_control(const ip_address& local) noexcept {
  return local.is_unspecified() || local.is_multicast() || local.is_link_local();
}

template <class T>
T value_of(const cmsghdr& item) noexcept {
  T value{};
  std::memcpy(&value, CMSG_DATA(&item), sizeof value);
  return value;
}

void read_control(msghdr& message, v1::datagram& to) noexcept {
  for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
    if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
      const auto info = value_of<in_pktinfo>(*item);
      to.destination.address = to_address(info.ipi_addr);
      to.interface = static_cast<std::uint32_t>(info.ipi_ifindex);
    } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
      const auto info = value_of<in6_pktinfo>(*item);
      to.destination.address = to_address(info.ipi6_addr);
      to.interface = info.ipi6_ifindex;
    } else if ((item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_TTL) ||
               (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_HOPLIMIT)) {
      to.ttl = static_cast<std::uint8_t>(value_of<int>(*item));
    }
  }
}

}  // namespace

// ---- The socket ----------------------------------------------------------------------------------------

result<void, v1::listen_error> datagram_socket::open(socket_udp& owner, datagram_port* port,
                                                     const endpoint& local, bool reuse_port) noexcept {
  const bool v4 = local.address.is_v4();
  file_descriptor socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(listen_error_of(errno));
  const int number = socket.get();
  if (!v4) set_option(number, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (reuse_port) set_option(number, SOL_SOCKET, SO_REUSEPORT, 1);
  if (port != nullptr) {
    const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
    if (needs_control(local.address)) {
      set_option(number, level, v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1);
      set_option(number, level, v4 ? IP_RECVTTL : IPV6_RECVHOPLIMIT, 1);
    }
    enlarge(number, SO_RCVBUFFORCE, SO_RCVBUF);
  } else {
    set_option(number, SOL_SOCKET, SO_RCVBUF, 0);  // nobody reads from it
  }
  enlarge(number, SO_SNDBUFFORCE, SO_SNDBUF);
  const socket_address address = to_socket_address(local);
  if (::bind(number, address.data(), address.size()) != 0) return fail(listen_error_of(errno));
  if (!machine::watch(*this, number)) return fail(v1::listen_error::no_memory);
  owner_ = &owner;
  port_ = port;
  local_ = local_of(number);
  socket_ = std::move(socket);
  ready = writable;
  lost_ = 0;
  ask_again_ = {};
  return {};
}

void datagram_socket::close() noexcept {
  if (!socket_) return;
  machine::unwatch(*this, socket_.get());
  socket_.reset();
}

// Told with each datagram (SO_RXQ_OVFL) it would cost each some three percent.
std::uint32_t datagram_socket::newly_lost() noexcept {
  if (os::now() < ask_again_) return 0;
  ask_again_ = os::now() + 1ms;
  std::array<std::uint32_t, SK_MEMINFO_VARS> facts{};
  socklen_t size = sizeof facts;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, facts.data(), &size) != 0) return 0;
  return facts[SK_MEMINFO_DROPS] - std::exchange(lost_, facts[SK_MEMINFO_DROPS]);
}

bool datagram_socket::poll() noexcept {
  if (port_ == nullptr) return false;
  return (ready & readable) != 0 && owner_->receive(*this);
}

// ---- The inbox -----------------------------------------------------------------------------------------

struct datagram_inbox::state {
  std::array<mmsghdr, batch> messages;
  std::array<std::array<iovec, 2>, batch> parts;
  std::array<socket_address, batch> sources;
  alignas(cmsghdr) std::array<std::array<std::byte, control_size>, batch> control;
  std::array<buffer, batch> rooms;
  std::byte* overflow = nullptr;
  unsigned used = 0;  // by the last batch
};

datagram_inbox::datagram_inbox() : state_(std::make_unique<state>()) {
  void* memory = ::mmap(nullptr, batch * overflow_size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  require(memory != MAP_FAILED, "there is no memory for receiving datagrams");
  state_->overflow = static_cast<std::byte*>(memory);
}

datagram_inbox::~datagram_inbox() { ::munmap(state_->overflow, batch * overflow_size); }

void datagram_inbox::prepare(unsigned index) noexcept {
  buffer& room = state_->rooms[index];
  if (!room) room = buffer::allocate(usual_size);
  state_->parts[index] = {iovec{room ? room.writable().data() : nullptr, room.size()},
                          iovec{state_->overflow + index * overflow_size, overflow_size}};
  msghdr& message = state_->messages[index].msg_hdr;
  message = {};
  message.msg_name = &state_->sources[index];
  message.msg_namelen = sizeof(socket_address);
  message.msg_iov = state_->parts[index].data();
  message.msg_iovlen = 2;
  message.msg_control = state_->control[index].data();
  message.msg_controllen = control_size;
}

unsigned datagram_inbox::receive(const datagram_socket& from) noexcept {
  // Of most batches only the front is used.
  for (unsigned i = 0; i < batch; ++i)
    if (i < state_->used || !state_->rooms[i]) prepare(i);
  int count = 0;
  do {
    count = ::recvmmsg(from.descriptor(), state_->messages.data(), batch, 0, nullptr);
  } while (count < 0 && errno == EINTR);
  state_->used = count > 0 ? static_cast<unsigned>(count) : 0;
  return state_->used;
}

v1::datagram datagram_inbox::take(unsigned index, const endpoint& local) noexcept {
  mmsghdr& message = state_->messages[index];
  v1::datagram result;
  result.source = to_endpoint(state_->sources[index]);
  result.destination = local;
  // What an answer to a link-local address needs.
  if (state_->sources[index].any.sa_family == AF_INET6)
    result.interface = state_->sources[index].v6.sin6_scope_id;
  read_control(message.msg_hdr, result);
  buffer& room = state_->rooms[index];
  if (!room) return result;
  if (message.msg_len <= usual_size) {
    result.payload = std::move(room);
    result.payload.truncate(message.msg_len);
    return result;
  }
  result.payload = buffer::allocate(message.msg_len);
  if (!result.payload) return result;
  std::byte* to = result.payload.writable().data();
  std::memcpy(to, room.data(), usual_size);
  std::memcpy(to + usual_size, state_->overflow + index * overflow_size, message.msg_len - usual_size);
  return result;
}

void datagram_inbox::give_back(unsigned index, buffer payload) noexcept {
  const bool whole = payload.unique() && payload.data() == state_->parts[index][0].iov_base;
  if (!whole) return;
  payload.resize(usual_size);
  state_->rooms[index] = std::move(payload);
}

}  // namespace mirage::detail
