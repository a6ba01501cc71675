// SPDX-License-Identifier: ISC
#include "mirage/udp/ports.hpp"

#include <utility>

#include "mirage/core/panic.hpp"

namespace mirage {

udp_ports::udp_ports(std::size_t most_listeners) : most_(most_listeners), buckets_(16) {}

udp_ports::~udp_ports() { require(count_ == 0, "a UDP listener outlives the device that it came from"); }

result<subscription, v1::listen_error> udp_ports::listen(const endpoint& local, handler call) {
  for (const chain* at = &bucket(local.port); *at; at = &(*at)->next) {
    const endpoint& other = (*at)->local;
    if (other.port != local.port) continue;
    if (other.address == local.address || other.address.is_unspecified() || local.address.is_unspecified())
      return fail(v1::listen_error::in_use);
  }
  if (count_ == most_) return fail(v1::listen_error::no_memory);
  if (count_ == buckets_.size()) grow();
  const std::uintptr_t id = ++listened_ << 16 | local.port;
  auto made = std::make_unique<listener>(id, local, std::move(call));
  chain& first = bucket(local.port);
  made->next = std::exchange(first, nullptr);
  first = std::move(made);
  ++count_;
  return subscription(&udp_ports::end, this, id);
}

void udp_ports::end(void* self, std::uintptr_t id) noexcept {
  udp_ports& ports = *static_cast<udp_ports*>(self);
  chain* at = &ports.bucket(static_cast<std::uint16_t>(id));
  while ((*at)->id != id) at = &(*at)->next;
  chain gone = std::exchange(*at, std::move((*at)->next));
  --ports.count_;
  gone->ended = true;
  if (ports.delivering_ == 0) return;
  gone->next = std::move(ports.ended_);
  ports.ended_ = std::move(gone);
}

udp_ports::listener* udp_ports::find(const endpoint& local) noexcept {
  for (chain* at = &bucket(local.port); *at; at = &(*at)->next) {
    const endpoint& one = (*at)->local;
    if (one.port == local.port && (one.address == local.address || one.address.is_unspecified()))
      return at->get();
  }
  return nullptr;
}

bool udp_ports::is_used(std::uint16_t port) const noexcept {
  for (const chain* at = &buckets_[port & (buckets_.size() - 1)]; *at; at = &(*at)->next)
    if ((*at)->local.port == port) return true;
  return false;
}

void udp_ports::grow() {
  std::vector<chain> old(2 * buckets_.size());
  std::swap(old, buckets_);
  for (chain& first : old) {
    while (first) {
      chain rest = std::move(first->next);
      chain& to = bucket(first->local.port);
      first->next = std::exchange(to, nullptr);
      to = std::exchange(first, std::move(rest));
    }
  }
}

}  // namespace mirage
