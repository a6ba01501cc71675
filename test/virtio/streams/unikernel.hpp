// SPDX-License-Identifier: ISC
// What no image for a bare machine may carry.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>
#include <sstream>

inline constexpr mirage::log_source streams_log{"streams"};

inline mirage::task<> streams() {
  std::ostringstream text;
  text << "hello";
  streams_log.info("{}", text.str());
  co_return;
}
