// SPDX-License-Identifier: ISC
#pragma once

#include <cstdint>

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source hello_log{"http-hello"};

template <mirage::v1::http_server Http>
mirage::task<> hello(Http& http, std::uint16_t port) {
  auto greet = [](typename Http::exchange& exchange) -> mirage::task<> {
    hello_log.info("{} {}", exchange.request().method(), exchange.request().path());
    mirage::v1::http_response answer{.content_type = "text/plain"};
    answer.body = mirage::buffer::from_static(mirage::as_bytes("hello mirage world!\n"));
    auto sent = co_await exchange.respond(std::move(answer));
    if (!sent) hello_log.debug("{}", describe(sent.error()));
  };
  auto served = co_await http.serve({{}, port}, greet);
  if (!served) hello_log.error("port {}: {}", port, describe(served.error()));
}
