// SPDX-License-Identifier: ISC
// A network interface of a virtual machine: virtio 1.2 §5.1. Frames go from and to the memory of buffers,
// with no copy but for those that come in several pieces; checksums and segmentation are left to the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/network_counters.hpp"
#include "mirage/v1.hpp"
#include "mirage/virtio/device.hpp"

namespace mirage::virtio {

struct network_options {
  std::uint16_t send_queue = 256;     ///< frames on their way at most
  std::uint16_t receive_queue = 256;  ///< buffers of two kilobytes that wait for frames
  std::uint32_t batch = 256;          ///< frames that one poll takes
};

/// `v1::network`. The link is down while the host says so, and for ever once the device has broken the rules.
///
/// Not implemented: several pairs of queues, filters for addresses and VLANs, a change of the MAC address.
class network : event_source, doorbell {
 public:
  /// `name` must outlive it.
  network(std::string_view name, bus& from, const network_options& options = {}) noexcept;
  network(const network&) = delete;
  network& operator=(const network&) = delete;
  /// It must have been stopped, if it was started.
  ~network();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();
  /// Waits a tenth of a second at most for the device to send what it has.
  task<> stop();

  [[nodiscard]] mac_address mac() const noexcept { return mac_; }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return capabilities_; }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    MIRAGE_TRY(buffer head, prepare(how, slices));
    const std::size_t filled = fill(head.writable().subspan(header_size));
    send(how, std::move(head), filled, std::move(slices));
    return {};
  }

  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) {
    return sink_.listen(sink);
  }

 private:
  // The virtio-net header with `num_buffers` (§5.1.6).
  static constexpr std::size_t header_size = 12;

  struct outgoing {
    buffer head;  // the header, and what `fill` wrote
    buffer_list slices;
  };
  // A frame that comes in several buffers (§5.1.6.4).
  struct merging {
    buffer frame;
    std::size_t size = 0;
    unsigned left = 0;  // buffers that are still to come
    v1::received known{};
    bool bad = false;
  };

  bool poll() noexcept override;
  void ring() noexcept override;
  void look_again() noexcept;
  [[nodiscard]] result<void, device_error> open();
  void agree_on_capabilities() noexcept;
  void close() noexcept;
  void take_link() noexcept;

  [[nodiscard]] result<buffer, v1::net_error> prepare(const v1::transmit& how,
                                                      const buffer_list& slices) noexcept;
  void send(const v1::transmit& how, buffer head, std::size_t filled, buffer_list slices) noexcept;
  void take_sent() noexcept;
  void tell_writable() noexcept;

  bool receive() noexcept;
  void take_frame(buffer&& content, std::size_t written) noexcept;
  void begin_merging(const buffer& first, unsigned buffers,
                     const std::optional<v1::received>& known) noexcept;
  void merge(cbytes part) noexcept;
  void hand_up(buffer&& frame, const v1::received& known) noexcept;
  void refill() noexcept;
  void fail(queue_fault fault) noexcept;
  void let_go() noexcept;

  std::string_view name_;
  network_options options_;
  device device_;
  mac_address mac_;
  v1::capabilities capabilities_;
  any_network_sink sink_;
  std::unique_ptr<virtqueue> sending_;
  std::unique_ptr<virtqueue> receiving_;
  std::unique_ptr<outgoing[]> sent_frames_;  // by chain
  std::unique_ptr<buffer[]> lent_;           // by chain: what the device may write to
  std::size_t receive_size_ = 0;
  merging merging_;
  alarm later_;
  bool up_ = false;
  bool refused_ = false;    // the sink waits for `writable`
  bool polling_ = false;    // the loop comes again without an interrupt
  bool handed_up_ = false;  // in this batch

  ring_network_counters counters_{name_};
  counter too_long_ = counters_.dropped("too_long");
};

static_assert(v1::network<network>);

}  // namespace mirage::virtio
