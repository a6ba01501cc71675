// SPDX-License-Identifier: ISC
#pragma once

#include <optional>
#include <string_view>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source timeout_log{"timeout1"};

/// Takes nothing to three seconds.
inline mirage::task<> toss(std::optional<std::string_view>& result) {
  co_await mirage::sleep_for(std::chrono::milliseconds(mirage::os::random64() % 3000));
  result = "Heads";
}

inline mirage::task<> timeout1() {
  using namespace mirage::literals;
  std::optional<std::string_view> result;
  mirage::scope tossing;
  auto started = tossing.spawn("toss", toss(result));
  if (!started) co_return;
  co_await mirage::sleep_for(2s);
  tossing.cancel();
  if (result)
    timeout_log.info("Returned {}", *result);
  else
    timeout_log.info("Cancelled");
}
