// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include <mirage/core/log.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source heads_log{"heads1"};

inline mirage::task<> say(std::string_view text, mirage::duration delay) {
  co_await mirage::sleep_for(delay);
  heads_log.info("{}", text);
}

inline mirage::task<> heads1() {
  using namespace mirage::literals;
  mirage::scope coins;
  auto heads = coins.spawn("heads", say("Heads", 1s));
  auto tails = coins.spawn("tails", say("Tails", 2s));
  if (!heads || !tails) co_return;
  co_await coins.join();
  heads_log.info("Finished");
}
