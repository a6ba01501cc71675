// SPDX-License-Identifier: ISC
// Two network interfaces with a wire between them.
//
//   memory::network here{"02:00:00:00:00:01"}, there{"02:00:00:00:00:02"};
//   connect(here, there);
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

struct network_options {
  std::uint32_t mtu = 1500;
  std::uint32_t batch = 32;   ///< frames that one poll takes
  std::uint32_t queue = 256;  ///< frames on the wire, each way; more are `full`
};

/// `v1::network`. Delivers in order and without loss, in the next round of the loop. Slices are copied;
/// nothing is offloaded.
class network final : event_source {
 public:
  explicit network(mac_address mac, network_options options = {},
                   std::string_view name = "memory_network") noexcept
      : name_(name), mac_(mac), options_(options) {}
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept {
    return {.mtu = options_.mtu, .batch = options_.batch};
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(buffer frame, prepare(how, total_size(slices)));
    const std::size_t filled = fill(frame.writable().first(how.header));
    send(std::move(frame), filled, slices);
    slices.clear();  // they were copied, so they are sent
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

  /// Puts a wire between two that have none.
  friend void connect(network& one, network& other) noexcept;

  // ---- For tests ----

  /// Without a link nothing is sent, and what comes is lost.
  void set_link(bool up) noexcept;
  /// While it is held, frames to this network stay on the wire.
  void hold(bool held) noexcept;

 private:
  bool poll() noexcept override;
  [[nodiscard]] result<buffer, v1::net_error> prepare(const v1::transmit& how, std::size_t slices);
  void send(buffer frame, std::size_t filled, const buffer_list& slices);
  void wake() noexcept;
  void tell_writable() noexcept;

  std::string_view name_;
  mac_address mac_;
  network_options options_;
  network* peer_ = nullptr;
  any_network_sink sink_;
  std::deque<buffer> incoming_;
  bool up_ = true;
  bool held_ = false;
  bool refused_ = false;  // the sink waits for `writable`
  counter full_{
      "network_dropped_total", {{"device", name_}, {"reason", "full"}}, "Frames that were not sent or seen"};
  counter down_{"network_dropped_total", {{"device", name_}, {"reason", "down"}}};
  counter nobody_{"network_dropped_total", {{"device", name_}, {"reason", "nobody_listens"}}};
};

static_assert(v1::network<network>);

}  // namespace mirage::memory
