// SPDX-License-Identifier: ISC
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <mirage/core/buffer.hpp>
#include <mirage/core/bytes.hpp>
#include <mirage/core/format.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source two_networks_log{"two-networks"};

/// Says to whoever connects who the two are.
template <mirage::v1::tcp_flow Flow>
mirage::task<> tell(Flow flow) {
  std::array<char, 128> space{};
  mirage::text_writer line(space);
  mirage::format_to(line, "you are {}, and I am {}\n", flow.peer().address, flow.local().address);
  auto told = co_await flow.write(mirage::buffer::copy_of(mirage::as_bytes(line.text())));
  if (!told) two_networks_log.warning("{}: {}", flow.peer(), describe(told.error()));
  co_await flow.close();
}

template <mirage::v1::stack Stack>
mirage::task<> who_are_you(Stack& stack, std::uint16_t port) {
  auto listener = stack.tcp().listen({{}, port});
  if (!listener) {
    two_networks_log.error("port {}: {}", port, describe(listener.error()));
    co_return;
  }
  for (const mirage::ip_address& each : stack.addresses()) two_networks_log.info("listening on {}", each);
  mirage::scope connections;
  while (true) {
    auto flow = co_await listener->accept();
    if (!flow) co_return;
    auto started = connections.spawn("connection", tell(*std::move(flow)));
    if (!started) two_networks_log.warning("refused a connection: {}", describe(started.error()));
  }
}
