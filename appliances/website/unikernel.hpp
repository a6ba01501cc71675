// SPDX-License-Identifier: ISC
// A static web server.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/memory_gauges.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/http/file_handler.hpp>
#include <mirage/v1.hpp>

#include <cstdint>
#include <functional>
#include <utility>

inline constexpr mirage::log_source website_log{"website"};
inline constexpr mirage::log_source access_log{"access"};

/// Serves the files, and tells the log of each request. Without that log a request costs no task more.
class public_pages {
 public:
  public_pages(mirage::http::file_handler& files) : files_(files) {}

  mirage::task<> operator()(mirage::http::exchange& exchange) {
    return access_log.enabled(mirage::log_level::info) ? logged(exchange) : files_(exchange);
  }

 private:
  mirage::task<> logged(mirage::http::exchange& exchange) {
    co_await files_(exchange);
    const auto& request = exchange.request();
    access_log.info("{} {} {} {} {} \"{}\"", request.peer(), request.method(), request.target(),
                    exchange.answered_with(), exchange.answered_bytes(),
                    request.header("User-Agent").value_or(""));
  }

  mirage::http::file_handler& files_;
};

/// Serves until the server is stopped. A port that cannot be had ends the unikernel.
template <mirage::v1::http_server Http, class Handler>
mirage::task<> serve(Http& http, std::uint16_t port, Handler handler) {
  auto served = co_await http.serve({{}, port}, std::move(handler));
  if (served) co_return;
  website_log.error("cannot serve on port {}: {}; choose another one with --port", port,
                    describe(served.error()));
  mirage::os::exit(1);
}

template <mirage::v1::kv_ro Files, mirage::v1::http_server Http>
mirage::task<> website(Files& files, Http& http, std::uint16_t port, std::uint32_t max_age) {
  const mirage::memory_gauges memory;
  mirage::http::file_handler handler{files, {.max_age = std::chrono::seconds{max_age}}};
  public_pages pages{handler};
  mirage::scope serving;
  const auto spawned = serving.spawn("pages", serve(http, port, std::ref(pages)));
  mirage::require(spawned.has_value(), "there is no memory for the first tasks");

  co_await mirage::yield();  // a port that is in use ends everything here
  website_log.info("serving on port {}", port);
  co_await mirage::os::shutdown();
  co_await http.stop();
}
