// SPDX-License-Identifier: ISC
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source hello_log{"hello"};

inline mirage::task<> hello() {
  using namespace mirage::literals;
  for (int i = 0; i < 4; ++i) {
    hello_log.info("hello");
    co_await mirage::sleep_for(1s);
  }
}
