// What @name@ does: it serves a folder over HTTP.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/http/file_handler.hpp>
#include <mirage/v1.hpp>

#include <cstdint>

inline constexpr mirage::log_source @function@_log{"@name@"};

template <mirage::v1::kv_ro Files, mirage::v1::http_server Http>
mirage::task<> @function@(Files& files, Http& http, std::uint16_t port) {
  mirage::http::file_handler handler{files, {}};
  auto pages = [&handler](typename Http::exchange& exchange) { return handler(exchange); };
  auto served = co_await http.serve({{}, port}, pages);
  if (!served) @function@_log.error("cannot serve on port {}: {}", port, describe(served.error()));
}
