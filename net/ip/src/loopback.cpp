// SPDX-License-Identifier: ISC
#include "mirage/ip/loopback.hpp"

#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"

namespace mirage {

void ip_loopback::push(buffer packet) {
  require(!full(), "the loopback queue is full");
  if (ring_.empty()) ring_.resize(most_packets);
  ring_[(first_ + size_++) % most_packets] = std::move(packet);
  os::here->tasks.mark(*this);
}

bool ip_loopback::poll() noexcept {
  for (std::size_t batch = size_; batch > 0; --batch) {
    buffer packet = std::move(ring_[first_]);
    first_ = (first_ + 1) % most_packets;
    --size_;
    deliver_(object_, std::move(packet));
  }
  batch_end_(object_);
  return size_ != 0;
}

}  // namespace mirage
