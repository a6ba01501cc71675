// SPDX-License-Identifier: ISC
// `/metrics`, the counters in the text format of Prometheus 0.0.4, and `/tasks`, the live tasks and what each
// waits for, by any HTTP server.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"

namespace mirage::management {

inline constexpr log_source management_log{"management"};

/// What the node counts, or its tasks, a line each, indented below the task that it belongs to. Empty at the
/// cap of buffers.
[[nodiscard]] buffer metrics();
[[nodiscard]] buffer tasks();

/// What is said to a request.
[[nodiscard]] v1::http_response response_to(std::string_view method, std::string_view path);

template <class Exchange>
task<> answer(Exchange& exchange) {
  // Who does not wait for the answer needs none.
  static_cast<void>(
      co_await exchange.respond(response_to(exchange.request().method(), exchange.request().path())));
}

template <v1::http_server Http>
task<> listen(Http& http, std::uint16_t port) {
  auto served = co_await http.serve({{}, port}, answer<typename Http::exchange>);
  if (served) co_return;
  management_log.error("cannot serve on port {}: {}; choose another one with --metrics-port", port,
                       describe(served.error()));
  os::exit(1);
}

/// Until the unikernel is asked to end; on port 0 not at all. A port that cannot be had ends the unikernel.
template <v1::http_server Http>
task<> serve(Http& http, std::uint16_t port) {
  if (port == 0) co_return;
  scope serving;
  const auto spawned = serving.spawn("management", listen(http, port));
  require(spawned.has_value(), "there is no memory for the first tasks");
  co_await os::shutdown();
}

}  // namespace mirage::management
