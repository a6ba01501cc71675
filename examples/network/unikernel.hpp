// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>
#include <utility>

#include <mirage/core/log.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source network_log{"network"};

template <mirage::v1::tcp_flow Flow>
mirage::task<> serve(Flow flow) {
  network_log.info("connection from {}", flow.peer());
  auto data = co_await flow.read();
  if (!data)
    network_log.warning("{}: {}", flow.peer(), describe(data.error()));
  else if (data->empty())
    network_log.info("{} sent nothing", flow.peer());
  else
    network_log.info("read {} bytes: {}", data->size(), data->text());
  co_await flow.close();
}

template <mirage::v1::stack Stack>
mirage::task<> listen(Stack& stack, std::uint16_t port) {
  auto listener = stack.tcp().listen({{}, port});
  if (!listener) {
    network_log.error("port {}: {}", port, describe(listener.error()));
    co_return;
  }
  network_log.info("listening on {}", listener->local());
  mirage::scope connections;
  while (true) {
    auto flow = co_await listener->accept();
    if (!flow) co_return;
    auto started = connections.spawn("connection", serve(*std::move(flow)));
    if (!started) network_log.warning("refused a connection: {}", describe(started.error()));
  }
}
