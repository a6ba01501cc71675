// SPDX-License-Identifier: ISC
// The terminal that `xl console` shows: the first console of a guest (xen/include/public/io/console.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"
#include "mirage/xen/hypervisor.hpp"

namespace mirage::xen {

enum class console_error : std::uint8_t { no_console };
[[nodiscard]] constexpr std::string_view describe(console_error) noexcept {
  return "the toolstack gave this guest no console";
}

/// `v1::console`. Logs go to the same terminal. What was typed and not read stays in the ring, a kilobyte. A
/// Ctrl-D (EOT) is the end of what is typed, because the ring has no other word for it; what comes behind it
/// is not read. A write waits while xenconsoled takes nothing.
///
/// Not implemented: the further consoles of a guest, the size of the screen.
class console : event_source, hypervisor::tenant {
 public:
  /// `name` must outlive it.
  console(std::string_view name, hypervisor& platform) noexcept
      : tenant(platform), name_(name), platform_(platform) {}
  console(const console&) = delete;
  console& operator=(const console&) = delete;
  /// It must have been stopped, if it was started.
  ~console();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, console_error>> start();
  task<> stop();

  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer one);
  task<result<void, v1::flow_error>> write(buffer_list several);

 private:
  static constexpr std::size_t read_bytes = 256;
  bool poll() noexcept override;
  void resumed() noexcept override;
  [[nodiscard]] bool running() const noexcept { return ring_.memory != nullptr; }

  std::string_view name_;
  hypervisor& platform_;
  prepared_ring ring_;
  event changed_;       // the other end typed, or took, something
  bool ended_ = false;  // somebody typed Ctrl-D

  metric_label label_{"device", name_};
  counter read_{label_, "console_read_bytes_total", "Bytes that were typed"};
  counter written_{label_, "console_written_bytes_total", "Bytes that were shown"};
};

static_assert(v1::console<console>);

}  // namespace mirage::xen
