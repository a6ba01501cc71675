// SPDX-License-Identifier: ISC
#include "mirage/linux/socket_udp.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "mirage/core/os.hpp"
#include "socket_address.hpp"

namespace mirage {

namespace {

constexpr std::size_t most_borrowed = 16;
constexpr std::size_t greatest_v4 = 65507;  // what fits in 64 KiB with the headers of IPv4 and UDP
constexpr std::size_t most_memberships = 1024;

}  // namespace

socket_udp::socket_udp(std::string_view name, const socket_options& options) noexcept
    : name_(name), options_(options), segment_(options.segment_datagrams) {}

socket_udp::~socket_udp() {
  flush();
  require(ports_.empty(), "a UDP listener outlives the stack that it came from");
  sweep();
}

// ---- Listening -----------------------------------------------------------------------------------------

endpoint socket_udp::all_addresses(bool v4, std::uint16_t port) const noexcept {
  if (v4) return {options_.ipv4.value_or(ipv4_prefix()).address(), port};
  return {options_.ipv6.value_or(ipv6_prefix()).address(), port};
}

result<void, v1::listen_error> socket_udp::open_both(detail::datagram_port& port,
                                                     std::uint16_t number) noexcept {
  auto& [first, second] = port.sockets;
  if (has_family(true)) {
    MIRAGE_TRY_VOID(first.open(*this, &port, all_addresses(true, number), options_.reuse_port));
  }
  if (!has_family(false)) return {};
  auto opened = second.open(*this, &port, all_addresses(false, number), options_.reuse_port);
  // A machine without IPv6 serves IPv4.
  const bool absent = !opened && opened.error() == v1::listen_error::no_address;
  if (absent && first && !options_.ipv6) return {};
  return opened;
}

result<subscription, v1::listen_error> socket_udp::listen_erased(const endpoint& local,
                                                                 detail::datagram_handler handler) {
  if (local.port == 0) return fail(v1::listen_error::no_address);
  if (inbox_ == nullptr) inbox_ = std::make_unique<detail::datagram_inbox>();
  auto port = std::make_unique<detail::datagram_port>(std::move(handler));
  if (local.address.is_unspecified()) {
    MIRAGE_TRY_VOID(open_both(*port, local.port));
  } else {
    if (!has_family(local.address.is_v4())) return fail(v1::listen_error::no_address);
    MIRAGE_TRY_VOID(port->sockets[0].open(*this, port.get(), local, options_.reuse_port));
  }
  ports_.push_back(*port);
  return subscription(&socket_udp::cancel, this, reinterpret_cast<std::uintptr_t>(port.release()));
}

void socket_udp::cancel(void* self, std::uintptr_t id) noexcept {
  static_cast<socket_udp*>(self)->end(*reinterpret_cast<detail::datagram_port*>(id));
}

// Its handler may be what runs now, so it is freed at the end of the round; the port is free at once.
void socket_udp::end(detail::datagram_port& port) noexcept {
  flush();
  port.ended = true;
  for (auto& each : port.sockets) each.close();
  port.unlink();
  ended_ports_.push_back(port);
  os::here->tasks.ring_later(*this);
}

void socket_udp::sweep() noexcept {
  while (!ended_ports_.empty())
    std::unique_ptr<detail::datagram_port>(static_cast<detail::datagram_port*>(&ended_ports_.pop_front()));
}

bool socket_udp::receive(detail::datagram_socket& from) noexcept {
  const unsigned count = inbox_->receive(from);
  os::here->tasks.found(count);
  ++receive_calls_;
  kernel_dropped_ += from.newly_lost();
  if (count < detail::datagram_inbox::batch) from.no_input();
  detail::datagram_port& port = *from.port();
  const endpoint local = from.local();
  for (unsigned i = 0; i < count && !port.ended; ++i) {
    v1::datagram datagram = inbox_->take(i, local);
    if (!datagram.payload) {
      ++no_memory_;
      continue;
    }
    ++received_;
    port.handler(std::move(datagram));
    // NOLINTNEXTLINE(bugprone-use-after-move): moving from what is lent is the handler's choice
    if (datagram.payload) inbox_->give_back(i, std::move(datagram.payload));
  }
  return count == detail::datagram_inbox::batch && !port.ended;
}

// ---- Sending -------------------------------------------------------------------------------------------

detail::datagram_socket* socket_udp::listening_from(const endpoint& source, bool v4) noexcept {
  detail::datagram_socket* found = nullptr;
  ports_.for_each([&](list_link& link) {
    for (auto& each : static_cast<detail::datagram_port&>(link).sockets) {
      if (!each || found != nullptr) continue;
      const endpoint local = each.local();
      if (local.port != source.port || local.address.is_v4() != v4) continue;
      const bool any = local.address.is_unspecified() || source.address.is_unspecified();
      if (any || local.address == source.address) found = &each;
    }
  });
  return found;
}

detail::datagram_socket* socket_udp::socket_for(const v1::datagram_route& to) {
  const bool v4 = to.destination.address.is_v4();
  if (to.source.port == 0) {
    auto& socket = ephemeral_[v4 ? 0 : 1];
    if (!socket && !socket.open(*this, nullptr, all_addresses(v4, 0), false)) return nullptr;
    return &socket;
  }
  if (auto* found = listening_from(to.source, v4)) return found;
  if (borrowed_.size() == most_borrowed) flush();
  auto socket = std::make_unique<detail::datagram_socket>();
  const endpoint source = to.source.address.is_unspecified() ? all_addresses(v4, to.source.port) : to.source;
  if (!socket->open(*this, nullptr, source, options_.reuse_port)) return nullptr;
  borrowed_.push_back(std::move(socket));
  return borrowed_.back().get();
}

result<detail::datagram_socket*, v1::net_error> socket_udp::prepare(const v1::datagram_route& to,
                                                                    std::size_t size) {
  const bool v4 = to.destination.address.is_v4();
  if (size > (v4 ? greatest_v4 : detail::datagram_batch::greatest_datagram))
    return fail(v1::net_error::too_long);
  const bool mixed = !to.source.address.is_unspecified() && to.source.address.is_v4() != v4;
  if (!has_family(v4) || mixed) return fail(v1::net_error::no_route);
  if (batch_ == nullptr) batch_ = std::make_unique<detail::datagram_batch>();
  detail::datagram_socket* from = socket_for(to);
  if (from == nullptr) return fail(v1::net_error::no_route);
  if (!batch_->has_room(size)) {
    flush();
    // It may have been one that was borrowed until then.
    from = socket_for(to);
    if (from == nullptr) return fail(v1::net_error::no_route);
  }
  if (!from->has_room()) {
    ++no_room_;
    return fail(v1::net_error::full);
  }
  return from;
}

void socket_udp::flush() noexcept {
  if (batch_ == nullptr || batch_->empty()) return;
  const auto outcome = batch_->flush(segment_);
  sent_ += outcome.sent;
  send_calls_ += outcome.calls;
  segmented_ += outcome.segmented;
  no_room_ += outcome.no_room;
  refused_ += outcome.refused;
  borrowed_.clear();
}

void socket_udp::ring() noexcept {
  flush();
  sweep();
}

// ---- Multicast -----------------------------------------------------------------------------------------

// Memberships belong to sockets of their own: every listener on the port gets what comes to the group, as
// long as the machine is in it.
result<void, v1::net_error> socket_udp::change_membership(const ip_address& group, std::uint32_t interface,
                                                          bool add) noexcept {
  const bool v4 = group.is_v4();
  file_descriptor& socket = membership_sockets_[v4 ? 0 : 1];
  if (!socket) socket = file_descriptor(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return fail(v1::net_error::full);
  int changed = 0;
  if (v4) {
    ip_mreqn request{};
    request.imr_multiaddr = detail::to_in_addr(group.v4());
    request.imr_ifindex = static_cast<int>(interface);
    changed = ::setsockopt(socket.get(), IPPROTO_IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request,
                           sizeof request);
  } else {
    ipv6_mreq request{};
    request.ipv6mr_multiaddr = detail::to_in6_addr(group.v6());
    request.ipv6mr_interface = interface;
    changed = ::setsockopt(socket.get(), IPPROTO_IPV6, add ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP,
                           &request, sizeof request);
  }
  if (changed == 0) return {};
  return fail(errno == ENOBUFS || errno == ENOMEM ? v1::net_error::full : v1::net_error::no_route);
}

result<void, v1::net_error> socket_udp::join(const ip_address& group, std::uint32_t interface) {
  if (!group.is_multicast() || !has_family(group.is_v4())) return fail(v1::net_error::no_route);
  const auto known = std::ranges::find_if(memberships_, [&](const membership& each) {
    return each.group == group && each.interface == interface;
  });
  if (known != memberships_.end()) {
    ++known->count;
    return {};
  }
  if (memberships_.size() == most_memberships) return fail(v1::net_error::full);
  MIRAGE_TRY_VOID(change_membership(group, interface, true));
  memberships_.push_back({group, interface, 1});
  return {};
}

void socket_udp::leave(const ip_address& group, std::uint32_t interface) noexcept {
  const auto known = std::ranges::find_if(memberships_, [&](const membership& each) {
    return each.group == group && each.interface == interface;
  });
  if (known == memberships_.end() || --known->count > 0) return;
  [[maybe_unused]] const auto left = change_membership(group, interface, false);
  memberships_.erase(known);
}

}  // namespace mirage
