// SPDX-License-Identifier: ISC
#include "mirage/udp/gathering.hpp"

#include <cstring>
#include <utility>

namespace mirage {

bool datagram_gathering::has_room(const datagram_way& way, std::size_t size,
                                  std::size_t most_bytes) const noexcept {
  return way == way_ && !closed_ && count_ < most_together && used_ + size <= most_bytes &&
         used_ + size <= capacity;
}

bytes datagram_gathering::room(const datagram_way& way, std::size_t size) noexcept {
  if (count_ == 0) {
    way_ = way;
    // What left before may still be with the device.
    if (!data_.unique()) data_ = buffer::allocate(capacity);
    if (!data_) return {};
  }
  return data_.writable().subspan(used_, size);
}

bool datagram_gathering::add(std::size_t written) noexcept {
  if (count_ == 0) each_ = static_cast<std::uint16_t>(written);
  if (written > each_) {
    left_over_ = written;
    return false;
  }
  // Datagrams without payload cannot be told apart by length.
  closed_ = written < each_ || written == 0;
  used_ += written;
  ++count_;
  return true;
}

datagram_gathering::gathered datagram_gathering::take() noexcept {
  gathered all{way_, data_.slice(0, used_), each_, count_};
  buffer next;
  if (left_over_ != 0) {
    next = buffer::allocate(capacity);
    if (next) std::memcpy(next.writable().data(), data_.data() + used_, left_over_);
    data_ = std::move(next);
  }
  used_ = data_ && left_over_ != 0 ? left_over_ : 0;
  each_ = static_cast<std::uint16_t>(used_);
  count_ = used_ != 0 ? 1 : 0;
  left_over_ = 0;
  closed_ = false;
  return all;
}

}  // namespace mirage
