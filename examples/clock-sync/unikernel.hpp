// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <cstdlib>
#include <type_traits>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/sntp.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source sync_log{"clock-sync"};

inline void show(const mirage::sntp_measurement& measured, mirage::duration offset) {
  const std::int64_t microseconds = offset.count() / 1000;
  sync_log.info("this clock is {} us {}, delay {} us, stratum {}", std::abs(microseconds),
                microseconds < 0 ? "ahead" : "behind", measured.round_trip.count() / 1000, measured.stratum);
}

template <mirage::v1::stack Stack>
mirage::task<> synchronise(Stack& stack, mirage::endpoint server, unsigned count) {
  using udp = std::remove_cvref_t<decltype(stack.udp())>;
  mirage::sntp_servers servers;
  servers.push_back(server);
  mirage::sntp_client<udp> clock{"clock", stack.udp(), servers};
  auto started = co_await clock.start();
  if (!started) {
    sync_log.error("{}", describe(started.error()));
    co_return;
  }
  sync_log.info("asking {}", server);
  for (unsigned answers = 0; answers < count; ++answers) {
    co_await clock.corrected();
    show(*clock.measurement(), *clock.offset());
  }
  co_await clock.stop();
}
