// SPDX-License-Identifier: ISC
#include "mirage/memory/network.hpp"

#include <utility>

#include "mirage/core/os.hpp"

namespace mirage::memory {

namespace {
constexpr std::size_t ethernet_header = 14;
}

network::~network() {
  if (peer_ != nullptr) peer_->peer_ = nullptr;
}

void connect(network& one, network& other) noexcept {
  require(one.peer_ == nullptr && other.peer_ == nullptr && &one != &other, "a network has two wires");
  one.peer_ = &other;
  other.peer_ = &one;
}

result<buffer, v1::net_error> network::prepare(const v1::transmit& how, std::size_t slices) {
  if (how.header + slices > ethernet_header + options_.mtu || how.segment != 0)
    return fail(v1::net_error::too_long);
  const bool linked = up_ && peer_ != nullptr && peer_->up_;
  buffer frame;
  if (linked && peer_->incoming_.size() < options_.queue) frame = buffer::allocate(how.header + slices);
  if (frame) return frame;
  refused_ = true;
  ++(linked ? full_ : down_);
  return fail(linked ? v1::net_error::full : v1::net_error::down);
}

void network::send(buffer frame, std::size_t filled, const buffer_list& slices) {
  auto to = frame.writable().begin() + static_cast<std::ptrdiff_t>(filled);
  for (const buffer& slice : slices) to = std::ranges::copy(slice.view(), to).out;
  frame.truncate(filled + total_size(slices));
  peer_->incoming_.push_back(std::move(frame));
  peer_->wake();
}

void network::wake() noexcept {
  if (!held_) os::here->tasks.mark(*this);
}

bool network::poll() noexcept {
  bool delivered = false;
  for (std::uint32_t i = 0; i < options_.batch && !incoming_.empty() && !held_; ++i) {
    buffer frame = std::move(incoming_.front());
    incoming_.pop_front();
    if (!up_) {
      ++down_;
    } else if (!sink_) {
      ++nobody_;
    } else {
      sink_.input(std::move(frame), v1::received{});
      delivered = true;
    }
  }
  if (delivered && sink_) sink_.batch_end();
  // There is room again for the one who sends to us; and if there is a link again, for us.
  if (peer_ != nullptr) peer_->tell_writable();
  tell_writable();
  return !incoming_.empty() && !held_;
}

void network::tell_writable() noexcept {
  const bool linked = up_ && peer_ != nullptr && peer_->up_;
  if (!refused_ || !linked || peer_->incoming_.size() >= options_.queue) return;
  refused_ = false;
  if (sink_) sink_.writable();
}

void network::set_link(bool up) noexcept {
  const bool was_up = std::exchange(up_, up);
  if (up) wake();
  if (up && !was_up && sink_) sink_.link_restored();
}

void network::hold(bool held) noexcept {
  held_ = held;
  wake();
}

}  // namespace mirage::memory
