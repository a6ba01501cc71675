// SPDX-License-Identifier: ISC
// A terminal of a virtual machine: virtio 1.2 §5.3, the first port.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"
#include "mirage/virtio/device.hpp"

namespace mirage::virtio {

/// `v1::console`. What was typed and not read stays with the host, but for two kilobytes. A Ctrl-D (EOT) is
/// the end of what is typed, because the device has no other word for it; what comes behind it is not read.
/// After the device broke the rules, reading gives the end and writing `closed`.
///
/// Not implemented: several ports, the size of the screen.
class console : event_source, doorbell {
 public:
  /// `name` must outlive it.
  console(std::string_view name, bus& from) noexcept;
  console(const console&) = delete;
  console& operator=(const console&) = delete;
  /// It must have been stopped, if it was started.
  ~console();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();
  /// Waits a second at most until what was written is shown.
  task<> stop();

  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer one);
  task<result<void, v1::flow_error>> write(buffer_list several);

 private:
  static constexpr std::uint16_t receive_buffers = 8;

  bool poll() noexcept override;
  void ring() noexcept override;
  [[nodiscard]] result<void, device_error> open();
  void close() noexcept;
  void fail(queue_fault fault) noexcept;
  bool take_typed() noexcept;
  bool take_shown() noexcept;
  void refill() noexcept;

  std::string_view name_;
  device device_;
  std::unique_ptr<virtqueue> typing_;
  std::unique_ptr<virtqueue> showing_;
  std::unique_ptr<buffer[]> lent_;        // by chain
  std::unique_ptr<buffer_list[]> shown_;  // by chain
  inline_vector<buffer, receive_buffers> typed_;
  event changed_;  // something was typed, or was shown
  bool polling_ = false;
  bool ended_ = false;  // somebody typed Ctrl-D

  metric_label label_{"device", name_};
  counter read_{label_, "console_read_bytes_total", "Bytes that were typed"};
  counter written_{label_, "console_written_bytes_total", "Bytes that were shown"};
};

static_assert(v1::console<console>);

}  // namespace mirage::virtio
