// SPDX-License-Identifier: ISC
#include "mirage/udp/gathering.hpp"

#include <algorithm>
#include <cstring>

#include "mirage/core/os.hpp"

namespace mirage {

datagram_gathering::datagram_gathering() noexcept : groups_(os::random64()) {}

bytes datagram_gathering::room(std::size_t size) noexcept {
  // What left before may still be with the device.
  if (used_ == 0 && !data_.unique()) data_ = buffer::allocate(capacity);
  if (!data_) return {};
  return data_.writable().subspan(used_, size);
}

void datagram_gathering::add(const datagram_way& way, std::size_t written, std::size_t most_bytes) noexcept {
  groups_.add(way, used_, written);
  used_ += written;
  most_bytes_ = std::min(most_bytes_, most_bytes);
}

buffer datagram_gathering::piece(group of) const noexcept {
  std::size_t end = of.front().offset;
  for (const waiting_datagram& each : of) {
    if (each.offset != end) return {};
    end += each.length;
  }
  return data_.slice(of.front().offset, end - of.front().offset);
}

std::size_t datagram_gathering::copy(group of, std::byte* to) const noexcept {
  std::size_t copied = 0;
  for (const waiting_datagram& each : of) {
    if (each.length > 0) std::memcpy(to + copied, data_.data() + each.offset, each.length);
    copied += each.length;
  }
  return copied;
}

}  // namespace mirage
