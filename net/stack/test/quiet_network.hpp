// SPDX-License-Identifier: ISC
// A network that takes no memory of its own: a test puts frames in, and what is sent is counted and the last
// of it kept.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "mirage/v1.hpp"

namespace mirage::test {

class quiet_network {
 public:
  explicit quiet_network(v1::capabilities what = {}) noexcept : capabilities_(what) {}
  quiet_network(const quiet_network&) = delete;
  quiet_network& operator=(const quiet_network&) = delete;

  [[nodiscard]] static std::string_view name() noexcept { return "network"; }
  [[nodiscard]] static mac_address mac() noexcept { return "02:00:00:00:00:01"; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return capabilities_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    size_ = fill(bytes(frame_).first(how.header));
    for (const buffer& slice : slices) {
      std::ranges::copy(slice.view(), frame_.begin() + static_cast<std::ptrdiff_t>(size_));
      size_ += slice.size();
    }
    slices.clear();  // they were copied, so they are sent
    how_ = how;
    ++sent_;
    return {};
  }
  template <v1::network_sink Sink>
  subscription listen(Sink& sink) noexcept {
    object_ = &sink;
    input_ = [](void* to, buffer&& frame) { static_cast<Sink*>(to)->input(std::move(frame), {}); };
    batch_end_ = [](void* to) { static_cast<Sink*>(to)->batch_end(); };
    return {};
  }

  /// As a poll of one frame.
  void receive(buffer frame) {
    input_(object_, std::move(frame));
    batch_end_(object_);
  }
  void receive_without_end(buffer frame) { input_(object_, std::move(frame)); }
  void end_batch() { batch_end_(object_); }
  [[nodiscard]] std::size_t sent() const noexcept { return sent_; }
  [[nodiscard]] cbytes last() const noexcept { return cbytes(frame_).first(size_); }
  [[nodiscard]] const v1::transmit& how() const noexcept { return how_; }

 private:
  v1::capabilities capabilities_;
  std::array<std::byte, 70'000> frame_{};
  std::size_t size_ = 0;
  std::size_t sent_ = 0;
  v1::transmit how_{};
  void* object_ = nullptr;
  void (*input_)(void* to, buffer&& frame) = nullptr;
  void (*batch_end_)(void* to) = nullptr;
};

}  // namespace mirage::test
