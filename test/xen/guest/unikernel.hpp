// SPDX-License-Identifier: ISC
// Does one thing that a guest of Xen must be able to do, as its boot arguments say.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

#include <chrono>
#include <string_view>

inline constexpr mirage::log_source guest_log{"guest"};

inline mirage::task<> guest(std::string_view what, int status) {
  using namespace mirage::literals;
  const auto since_1970 = mirage::os::wall().time_since_epoch();
  guest_log.info("{} at {}", what, std::chrono::duration_cast<std::chrono::seconds>(since_1970).count());
  // More than the console's ring holds, several times over.
  if (what == "print") {
    for (int i = 0; i < 1000; ++i) guest_log.info("line {}", i);
  }
  if (what == "sleep") {
    const mirage::instant start = mirage::os::monotonic();
    for (int i = 0; i < 20; ++i) co_await mirage::sleep_for(50ms);
    const auto took = mirage::os::monotonic() - start;
    guest_log.info("slept {} ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  }
  if (what == "wait") {
    co_await mirage::os::shutdown();
    guest_log.info("asked to end");
  }
  if (status != 0) mirage::os::exit(status);
}
