// SPDX-License-Identifier: ISC
// Throws exceptions through functions, through coroutines, through a scope and out of the C++ library; or one
// that nobody catches.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

inline constexpr mirage::log_source thrower_log{"thrower"};

struct refused final : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline int checked(int number) {
  const std::string cleaned_up_on_the_way = "a text that is too long to be kept in place";
  if (number > 2) throw refused("more than two");
  return number;
}

inline mirage::task<int> later(int number) {
  co_await mirage::sleep_for(mirage::duration(1000));
  co_return checked(number);
}

inline mirage::task<> child() {
  auto number = co_await later(3);
  thrower_log.info("not to be seen: {}", number);
}

inline mirage::task<> thrower(std::string_view how) {
  if (how == "missed") throw refused("nobody catches this");
  try {
    thrower_log.info("{}", checked(2) + checked(3));
  } catch (const refused& error) {
    thrower_log.info("from a function: {}", error.what());
  }
  try {
    thrower_log.info("{}", std::vector<int>(3).at(7));
  } catch (const std::out_of_range&) {
    thrower_log.info("from the library: out of range");
  }
  for (int number = 2; number < 4; ++number) {
    try {
      auto same = co_await later(number);
      thrower_log.info("from a task: {}", same);
    } catch (const std::exception& error) {
      thrower_log.info("from a task: {}", error.what());
    }
  }
  mirage::scope children;
  static_cast<void>(children.spawn("child", child()));
  try {
    co_await children.join();
  } catch (const refused& error) {
    thrower_log.info("from a scope: {}", error.what());
  }
  int caught = 0;
  for (int i = 0; i < 1000; ++i) {
    try {
      checked(3);
    } catch (const refused&) {
      ++caught;
    }
  }
  thrower_log.info("a thousand times: {}", caught);
}
