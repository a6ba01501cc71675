// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

#include <mirage/core/log.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source heads_log{"heads2"};

inline mirage::task<> say(std::string_view text, mirage::duration delay) {
  co_await mirage::sleep_for(delay);
  heads_log.info("{}", text);
}

inline mirage::task<> heads2() {
  using namespace mirage::literals;
  co_await mirage::when_all(say("Heads", 1s), say("Tails", 2s));
  heads_log.info("Finished");
}
