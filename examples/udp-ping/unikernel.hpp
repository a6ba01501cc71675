// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#include <mirage/core/endian.hpp>
#include <mirage/core/event.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source ping_log{"udp-ping"};

/// The number of the question that waits for its answer, and of those that were answered.
struct ping_state {
  std::uint32_t question = 0;
  unsigned answers = 0;
  mirage::instant asked{};
};

inline void answered(ping_state& state, mirage::cbytes answer) noexcept {
  if (answer.size() != 4 || mirage::load_be32(answer.data()) != state.question) {
    ping_log.info("an answer that nobody waits for");
    return;
  }
  const auto took = mirage::os::now() - state.asked;
  ping_log.info("{} was answered after {} us", state.question, took.count() / 1000);
  state.question = 0;
  ++state.answers;
}

template <mirage::v1::stack Stack>
mirage::task<> ping(Stack& stack, mirage::ip_address to, std::uint16_t port, unsigned count) {
  using namespace mirage::literals;
  ping_state state;
  auto hear = [&state](mirage::v1::datagram&& answer) noexcept { answered(state, answer.payload.view()); };
  const auto own = static_cast<std::uint16_t>(49152 + mirage::os::random64() % 16384);
  auto listening = stack.udp().listen({{}, own}, hear);
  if (!listening) {
    ping_log.error("port {}: {}", own, describe(listening.error()));
    co_return;
  }
  for (std::uint32_t number = 1; number <= count; ++number) {
    state.question = number;
    state.asked = mirage::os::now();
    auto ask = [number](mirage::bytes out) noexcept {
      mirage::store_be32(out.data(), number);
      return std::size_t{4};
    };
    auto sent = stack.udp().write({.destination = {to, port}, .source = {{}, own}}, 4, ask);
    if (!sent) ping_log.warning("{}: {}", to, describe(sent.error()));
    co_await mirage::sleep_for(1s);
    if (state.question != 0) ping_log.info("{} was not answered", number);
  }
  ping_log.info("{} of {} were answered", state.answers, count);
}
