// SPDX-License-Identifier: ISC
#include "mirage/memory/subnet.hpp"

#include <algorithm>

#include "mirage/core/os.hpp"
#include "mirage/memory/tcp.hpp"
#include "mirage/memory/udp.hpp"

namespace mirage::memory {

bool is_ours(const addresses& ours, const ip_address& address) noexcept {
  return address.is_loopback() || std::ranges::find(ours, address) != ours.end();
}

// What handlers send meanwhile goes out in the next round, so two that answer each other do not hold the
// loop.
bool subnet::poll() noexcept {
  for (std::size_t waiting = underway_.size(); waiting > 0 && !underway_.empty(); --waiting) {
    underway next = std::move(underway_.front());
    underway_.pop_front();
    deliver(next);
  }
  return !underway_.empty();
}

void subnet::deliver(underway& what) noexcept {
  const ip_address to = what.datagram.destination.address;
  if (to.is_loopback()) return what.sender->receive(std::move(what.datagram));
  for (std::size_t i = 0; i < udps_.size(); ++i) {
    if (!udps_[i]->wants(to)) continue;
    v1::datagram copy = {what.datagram.payload.share(), what.datagram.source, what.datagram.destination,
                         what.datagram.interface, what.datagram.ttl};
    udps_[i]->receive(std::move(copy));
  }
}

tcp* subnet::tcp_at(const ip_address& address, tcp& asking) const noexcept {
  if (is_ours(asking.ours_, address)) return &asking;
  for (tcp* each : tcps_)
    if (is_ours(each->ours_, address)) return each;
  return nullptr;
}

}  // namespace mirage::memory
