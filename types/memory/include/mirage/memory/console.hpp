// SPDX-License-Identifier: ISC
// A console without a terminal: a test types into it and looks at what it shows.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::console`.
class console {
 public:
  /// Shows that many bytes at most, as a terminal has so many lines: older ones are dropped and counted.
  explicit console(std::size_t capacity = 1 << 20, std::string_view name = "memory_console")
      : name_(name), capacity_(capacity) {}
  console(const console&) = delete;
  console& operator=(const console&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);

  // ---- For tests ----

  /// Each call is one read.
  void type(std::string_view text);
  /// Nobody will type any more.
  void hang_up() noexcept;
  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }

 private:
  void show(cbytes data);

  std::string_view name_;
  std::size_t capacity_;
  std::deque<std::string> typed_;
  bool hung_up_ = false;
  event changed_;
  std::string shown_;
  counter dropped_{"console_dropped_bytes_total", {{"device", name_}}, "Bytes that are shown no more"};
};

static_assert(v1::console<console>);

}  // namespace mirage::memory
