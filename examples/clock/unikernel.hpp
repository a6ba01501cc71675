// SPDX-License-Identifier: ISC
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source clock_log{"clock"};

inline mirage::task<> speaking_clock() {
  using namespace mirage::literals;
  for (int i = 0; i < 5; ++i) {
    const auto since_start = mirage::os::monotonic().time_since_epoch();
    const auto since_1970 = mirage::os::wall().time_since_epoch();
    clock_log.info("monotonic {} ns, wall {} s since 1970", since_start.count(),
                   std::chrono::duration_cast<std::chrono::seconds>(since_1970).count());
    co_await mirage::sleep_for(1s);
  }
}
