// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <cstring>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source echo_log{"udp-echo"};

template <mirage::v1::stack Stack>
mirage::task<> echo(Stack& stack, std::uint16_t port) {
  auto& udp = stack.udp();
  auto answer = [&udp](mirage::v1::datagram&& question) noexcept {
    const mirage::cbytes payload = question.payload.view();
    auto sent = udp.write({.destination = question.source, .source = question.destination}, payload.size(),
                          [payload](mirage::bytes out) noexcept {
                            std::memcpy(out.data(), payload.data(), payload.size());
                            return payload.size();
                          });
    if (!sent) echo_log.debug("{}: {}", question.source, describe(sent.error()));
  };
  auto listening = udp.listen({{}, port}, answer);
  if (!listening) {
    echo_log.error("port {}: {}", port, describe(listening.error()));
    co_return;
  }
  echo_log.info("answering on port {}", port);
  co_await mirage::os::shutdown();
}
