// SPDX-License-Identifier: ISC
#include "mirage/solo5/network.hpp"

#include <cstring>
#include <new>

#include "mirage/core/os.hpp"

namespace mirage::solo5 {

namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::size_t vlan_tag = 4;

}  // namespace

network::network(std::string_view name, std::string_view device, const network_options& options)
    : name_(name), device_name_(device), options_(options) {}

task<result<void, device_error>> network::start() { co_return attach(); }

result<void, device_error> network::attach() {
  device_ = find_device(entry_type::network, device_name_);
  if (device_ == nullptr) return fail(device_error::not_attached);
  longest_ = device_->mtu + ethernet_header + vlan_tag;
  scratch_.reset(new (std::nothrow) std::byte[longest_]);
  if (scratch_ == nullptr) return fail(device_error::no_memory);
  mac_ = device_->mac;
  capabilities_ = {.mtu = device_->mtu, .batch = options_.batch};
  if (!machine::watch(*this, static_cast<int>(device_->handle))) return fail(device_error::not_watched);
  return {};
}

task<> network::stop() {
  if (device_ != nullptr) machine::unwatch(*this, static_cast<int>(device_->handle));
  device_ = nullptr;
  next_ = buffer();
  co_return;
}

// ---- Sending -------------------------------------------------------------------------------------------

result<bytes, v1::net_error> network::prepare(const v1::transmit& how, std::size_t slices) noexcept {
  if (device_ == nullptr) return fail(v1::net_error::down);
  const std::size_t longest = capabilities_.mtu + ethernet_header;
  if (how.segment != 0 || how.header > longest || slices > longest - how.header)
    return fail(v1::net_error::too_long);
  return bytes(scratch_.get(), longest_);
}

void network::send(std::size_t filled, const buffer_list& slices) noexcept {
  std::byte* end = scratch_.get() + filled;
  for (const buffer& slice : slices) {
    if (slice.empty()) continue;
    std::memcpy(end, slice.data(), slice.size());
    end += slice.size();
  }
  const auto sent = network_write(*device_, {scratch_.get(), end});
  if (sent) {
    ++counters_.sent;
  } else {
    ++(sent.error() == call_error::again ? counters_.full : refused_);
  }
}

// ---- Receiving -----------------------------------------------------------------------------------------

bool network::poll() noexcept {
  if (device_ == nullptr) return false;
  handed_up_ = false;
  std::uint32_t taken = 0;
  while (taken < options_.batch && device_ != nullptr && (ready & readable) != 0 && receive()) ++taken;
  os::here->tasks.found(taken);
  if (sink_ && handed_up_) sink_.batch_end();
  return device_ != nullptr && (ready & readable) != 0;
}

bool network::receive() noexcept {
  if (!next_) next_ = buffer::allocate(longest_);
  // Without memory the frame is read all the same, and so dropped.
  const bytes room = next_ ? next_.writable() : bytes(scratch_.get(), longest_);
  const auto size = network_read(*device_, room);
  if (!size) {
    ready = 0;
    return false;
  }
  ++counters_.received;
  if (!next_) {
    ++counters_.no_memory;
  } else if (*size < ethernet_header) {
    ++counters_.malformed;
  } else if (!sink_) {
    ++counters_.nobody_listens;
  } else {
    hand_up(*size);
  }
  return true;
}

void network::hand_up(std::size_t size) noexcept {
  const std::size_t capacity = next_.size();
  next_.truncate(size);
  handed_up_ = true;
  sink_.input(std::move(next_), {});
  // Who did not keep it has lent it back, perhaps shortened from either end: then a new one is taken.
  if (next_ && (!next_.unique() || next_.capacity() < capacity)) next_ = buffer();
  if (next_) next_.resize(capacity);
}

}  // namespace mirage::solo5
