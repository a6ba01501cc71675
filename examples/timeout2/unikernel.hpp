// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>
#include <variant>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source timeout_log{"timeout2"};

/// Takes nothing to three seconds.
inline mirage::task<std::string_view> toss() {
  co_await mirage::sleep_for(std::chrono::milliseconds(mirage::os::random64() % 3000));
  co_return "Heads";
}

inline mirage::task<> expire(mirage::duration limit) { co_await mirage::sleep_for(limit); }

inline mirage::task<> timeout2() {
  using namespace mirage::literals;
  auto first = co_await mirage::when_any(toss(), expire(2s));
  if (const auto* result = std::get_if<0>(&first))
    timeout_log.info("Returned {}", *result);
  else
    timeout_log.info("Cancelled");
}
