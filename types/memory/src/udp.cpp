// SPDX-License-Identifier: ISC
#include "mirage/memory/udp.hpp"

#include <algorithm>

#include "mirage/core/os.hpp"

namespace mirage::memory {

namespace {
constexpr std::size_t greatest_payload = 65507;  // of IPv4: 65535 less 20 and 8
constexpr std::uint32_t the_interface = 1;
constexpr std::uint16_t any_port = 49151;  // of datagrams whose sender does not care
}  // namespace

udp::udp(memory::subnet& subnet, memory::addresses ours, std::string_view name)
    : subnet_(subnet), ours_(std::move(ours)), name_(name) {
  subnet_.udps_.push_back(this);
}

udp::~udp() {
  std::erase(subnet_.udps_, this);
  std::erase_if(subnet_.underway_, [this](const subnet::underway& each) { return each.sender == this; });
  require(std::ranges::all_of(ports_, &port::ended), "a subscription outlives its udp");
}

result<subscription, v1::listen_error> udp::listen_to(const endpoint& local, erased handler) {
  const bool group = local.address.is_multicast();
  if (local.port == 0) return fail(v1::listen_error::no_address);
  if (!local.address.is_unspecified() && !group && !is_ours(ours_, local.address))
    return fail(v1::listen_error::no_address);
  for (const auto& each : ports_) {
    if (each->ended || each->local.port != local.port) continue;
    if (each->local.address == local.address || each->local.address.is_unspecified() ||
        local.address.is_unspecified())
      return fail(v1::listen_error::in_use);
  }
  ports_.push_back(std::make_unique<port>(++last_id_, local, std::move(handler)));
  return subscription(end, this, last_id_);
}

void udp::end(void* self, std::uintptr_t id) noexcept {
  udp& device = *static_cast<udp*>(self);
  for (const auto& each : device.ports_)
    if (each->id == id) each->ended = true;
  device.sweep();
}

// Not while a handler runs: it may be the one that goes.
void udp::sweep() noexcept {
  if (dispatching_ == 0) std::erase_if(ports_, [](const auto& each) { return each->ended; });
}

result<v1::datagram, v1::net_error> udp::prepare(const v1::datagram_route& to, std::size_t size) {
  const ip_address destination = to.destination.address;
  if (size > greatest_payload) return fail(v1::net_error::too_long);
  if (destination.is_unspecified() || to.destination.port == 0 || to.interface > the_interface)
    return fail(v1::net_error::no_route);
  v1::datagram made;
  made.source = to.source;
  if (made.source.address.is_unspecified() || made.source.address.is_multicast()) {
    const auto same = std::ranges::find(ours_, destination.is_v4(), &ip_address::is_v4);
    if (destination.is_loopback())
      made.source.address = destination;
    else if (same != ours_.end())
      made.source.address = *same;
    else
      return fail(v1::net_error::no_route);
  }
  if (!is_ours(ours_, made.source.address)) return fail(v1::net_error::no_route);
  if (made.source.port == 0) made.source.port = any_port;
  made.destination = to.destination;
  made.interface = the_interface;
  made.ttl = to.ttl != 0 ? to.ttl : destination.is_multicast() ? 1 : 64;
  if (subnet_.underway_.size() < subnet_.greatest_) made.payload = buffer::allocate(size);
  if (!made.payload) {
    ++full_;
    return fail(v1::net_error::full);
  }
  return made;
}

void udp::send(v1::datagram made) {
  subnet_.underway_.push_back({std::move(made), this});
  os::here->tasks.mark(subnet_);
}

bool udp::wants(const ip_address& destination) const noexcept {
  if (!destination.is_multicast()) return is_ours(ours_, destination);
  return std::ranges::find(groups_, destination, &membership::group) != groups_.end();
}

void udp::receive(v1::datagram came) noexcept {
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    port& each = *ports_[i];
    if (each.ended || each.local.port != came.destination.port) continue;
    if (!each.local.address.is_unspecified() && each.local.address != came.destination.address) continue;
    ++dispatching_;
    each.handler(std::move(came));
    --dispatching_;
    return sweep();
  }
  ++nobody_;
}

result<void, v1::net_error> udp::join(const ip_address& group, std::uint32_t interface) {
  constexpr std::size_t greatest_groups = 64;
  if (!group.is_multicast() || interface > the_interface) return fail(v1::net_error::no_route);
  const auto found = std::ranges::find(groups_, group, &membership::group);
  if (found != groups_.end()) {
    ++found->count;
    return {};
  }
  if (groups_.size() == greatest_groups) return fail(v1::net_error::full);
  groups_.push_back({group, 1});
  return {};
}

void udp::leave(const ip_address& group, std::uint32_t interface) noexcept {
  if (interface > the_interface) return;
  const auto found = std::ranges::find(groups_, group, &membership::group);
  if (found != groups_.end() && --found->count == 0) groups_.erase(found);
}

}  // namespace mirage::memory
