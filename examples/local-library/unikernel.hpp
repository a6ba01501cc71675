// SPDX-License-Identifier: ISC
#pragma once

#include <greeting.hpp>

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source greet_log{"greet"};

inline mirage::task<> greet() {
  for (const unsigned hour : {8U, 15U, 20U}) greet_log.info("at {} o'clock: {}", hour, greeting(hour));
  co_return;
}
