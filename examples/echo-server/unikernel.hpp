// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/queue.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source echo_log{"echo-server"};
inline constexpr int lines = 10;

/// Makes lines of 1 to 20 times `a`, each after at most half a second.
inline mirage::task<> read_lines(mirage::bounded_queue<std::string>& to) {
  for (int i = 0; i < lines; ++i) {
    co_await mirage::sleep_for(std::chrono::milliseconds(mirage::os::random64() % 500));
    std::string line(1 + mirage::os::random64() % 20, 'a');
    co_await to.push(std::move(line));
  }
}

inline mirage::task<> echo_server() {
  mirage::bounded_queue<std::string> queue(4);
  mirage::scope reading;
  auto reader = reading.spawn("reader", read_lines(queue));
  if (!reader) co_return;
  for (int i = 0; i < lines; ++i) {
    auto line = co_await queue.pop();
    echo_log.info("{}", line);
  }
  co_await reading.join();
}
