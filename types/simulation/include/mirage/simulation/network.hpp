// SPDX-License-Identifier: ISC
// `v1::network` at the end of a simulated cable, with whatever offloads a test wants its device to have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/node.hpp"
#include "mirage/simulation/port.hpp"
#include "mirage/v1.hpp"

namespace mirage::simulation {

/// What the device does for the stack. It is done in software, and strictly: a checksum is finished from
/// what the request left in the field, as hardware does it, so that a wrong request makes a wrong checksum.
struct offloads {
  std::uint32_t segment_bytes = 0;   ///< TCP payload that it cuts; 0: none
  std::uint32_t datagram_bytes = 0;  ///< UDP payload that it cuts; 0: none
  bool transmit_checksum = false;
  bool receive_checksum = false;
  /// All of it, as a virtio device in a good mood.
  [[nodiscard]] static constexpr offloads all() noexcept {
    return {
        .segment_bytes = 65535, .datagram_bytes = 65507, .transmit_checksum = true, .receive_checksum = true};
  }
};

struct network_options {
  std::uint32_t mtu = 0;               ///< 0: as the cable; more than that, and the cable drops long frames
  std::uint32_t batch = 64;            ///< frames that one poll takes
  std::uint32_t receive_queue = 4096;  ///< frames that wait for a poll; more are dropped
  offloads offload{};
};

/// Belongs to the node that runs when it is made; the cable must outlive it. Slices are copied. What it drops
/// is counted with a reason: `full` and `down` were refused to the sender.
class network : event_source, station {
 public:
  network(port& cable, mac_address mac, const network_options& options = {},
          std::string_view name = "simulated_network") noexcept;
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  ~network();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept;

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(buffer packet, prepare(how, total_size(slices)));
    const std::size_t filled = fill(packet.writable().first(how.header));
    send(how, std::move(packet), filled, slices);
    slices.clear();  // they were copied, so they are sent
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

 private:
  void arrived(frame&& carried) noexcept override;
  void ready() noexcept override;
  bool poll() noexcept override;
  [[nodiscard]] bool pass_on(const frame& carried) noexcept;
  [[nodiscard]] result<void, v1::net_error> check(const v1::transmit& how, std::size_t length) noexcept;
  [[nodiscard]] result<buffer, v1::net_error> prepare(const v1::transmit& how, std::size_t slices) noexcept;
  void send(const v1::transmit& how, buffer packet, std::size_t filled, const buffer_list& slices) noexcept;

  port& cable_;
  os::node& node_;
  std::string_view name_;
  mac_address mac_;
  network_options options_;
  any_network_sink sink_;
  std::deque<frame> incoming_;
  bool tell_writable_ = false;
  counter full_{
      "network_dropped_total", {{"device", name_}, {"reason", "full"}}, "Frames that were not sent or seen"};
  counter down_{"network_dropped_total", {{"device", name_}, {"reason", "down"}}};
  counter nobody_{"network_dropped_total", {{"device", name_}, {"reason", "nobody_listens"}}};
  counter overrun_{"network_dropped_total", {{"device", name_}, {"reason", "overrun"}}};
  counter no_memory_{"network_dropped_total", {{"device", name_}, {"reason", "no_memory"}}};
};

static_assert(v1::network<network>);

}  // namespace mirage::simulation
