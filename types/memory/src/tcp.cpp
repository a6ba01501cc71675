// SPDX-License-Identifier: ISC
#include "mirage/memory/tcp.hpp"

#include <algorithm>

#include "mirage/core/queue.hpp"
#include "mirage/core/sleep.hpp"

namespace mirage::memory {

namespace detail {

/// What a listener points to. The queue has one place more than the backlog, for the word that it has ended.
struct port {
  port(const endpoint& at, std::size_t backlog) : local(at), arrived(backlog + 1) {}
  endpoint local;
  std::size_t waiting = 0;
  bool ended = false;
  bounded_queue<result<flow, v1::listen_error>> arrived;

  void end() noexcept {
    if (std::exchange(ended, true)) return;
    result<flow, v1::listen_error> word = fail(v1::listen_error::closed);
    static_cast<void>(arrived.try_push(word));
  }
};

}  // namespace detail

// ---- The listener --------------------------------------------------------------------------------------

listener& listener::operator=(listener&& other) noexcept {
  listener old(std::move(*this));
  port_ = std::move(other.port_);
  return *this;
}

listener::~listener() {
  if (port_) port_->end();
}

endpoint listener::local() const noexcept { return port_->local; }

task<result<flow, v1::listen_error>> listener::accept_from(std::shared_ptr<detail::port> port) {
  auto next = co_await port->arrived.pop();
  if (next) {
    --port->waiting;
  } else {
    // For the next one who asks.
    result<flow, v1::listen_error> word = fail(next.error());
    static_cast<void>(port->arrived.try_push(word));
  }
  co_return next;
}

// ---- The device ----------------------------------------------------------------------------------------

tcp::tcp(memory::subnet& subnet, memory::addresses ours, std::string_view name, tcp_options options)
    : subnet_(subnet), ours_(std::move(ours)), name_(name), options_(options) {
  subnet_.tcps_.push_back(this);
}

tcp::~tcp() { std::erase(subnet_.tcps_, this); }

task<> tcp::stop() {
  for (const auto& each : ports_)
    if (const auto port = each.lock()) port->end();
  co_return;
}

result<listener, v1::listen_error> tcp::listen(const endpoint& local) {
  if (!local.address.is_unspecified() && !is_ours(ours_, local.address))
    return fail(v1::listen_error::no_address);
  std::erase_if(ports_, [](const auto& each) { return each.expired() || each.lock()->ended; });
  endpoint chosen = local;
  if (chosen.port == 0) chosen.port = free_port(chosen.address);
  if (!is_free(chosen)) return fail(v1::listen_error::in_use);
  auto port = std::make_shared<detail::port>(chosen, options_.backlog);
  ports_.push_back(port);
  return listener(std::move(port));
}

detail::port* tcp::port_for(const endpoint& local) noexcept {
  for (const auto& each : ports_) {
    const auto port = each.lock();
    if (!port || port->ended || port->local.port != local.port) continue;
    if (port->local.address.is_unspecified() || port->local.address == local.address) return port.get();
  }
  return nullptr;
}

bool tcp::is_free(const endpoint& local) noexcept {
  return std::ranges::none_of(ports_, [&](const auto& each) {
    const auto port = each.lock();
    return port && !port->ended && port->local.port == local.port &&
           (port->local.address == local.address || port->local.address.is_unspecified() ||
            local.address.is_unspecified());
  });
}

// RFC 6335 §6: the dynamic ports.
std::uint16_t tcp::free_port(const ip_address& address) noexcept {
  constexpr std::uint16_t first = 49152;
  do {
    last_port_ = last_port_ == 65535 ? first : static_cast<std::uint16_t>(last_port_ + 1);
  } while (!is_free({address, last_port_}));
  return last_port_;
}

ip_address tcp::address_towards(const ip_address& peer) const noexcept {
  if (peer.is_loopback()) return peer;
  const auto same = std::ranges::find(ours_, peer.is_v4(), &ip_address::is_v4);
  return same == ours_.end() ? ip_address{} : *same;
}

task<result<flow, v1::flow_error>> tcp::connect_to(endpoint peer) {
  const ip_address from = address_towards(peer.address);
  co_await yield();  // the way of the SYN
  tcp* there = subnet_.tcp_at(peer.address, *this);
  if (there == nullptr || from.is_unspecified()) co_return fail(v1::flow_error::unreachable);
  co_return there->arrive({from, free_port(from)}, peer);
}

/// A connection that comes in; gives the end of the one who connects.
result<flow, v1::flow_error> tcp::arrive(const endpoint& from, const endpoint& to) {
  detail::port* port = port_for(to);
  if (port == nullptr) return fail(v1::flow_error::refused);
  if (port->waiting == options_.backlog) {
    ++refused_;
    return fail(v1::flow_error::refused);
  }
  auto [theirs, ours] = make_flows(options_.capacity, from, to);
  result<flow, v1::listen_error> arrived(std::move(ours));
  require(port->arrived.try_push(arrived), "a backlog is longer than it says");
  ++port->waiting;
  return std::move(theirs);
}

}  // namespace mirage::memory
