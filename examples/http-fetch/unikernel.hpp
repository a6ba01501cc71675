// SPDX-License-Identifier: ISC
#pragma once

#include <cstddef>
#include <string_view>

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source fetch_log{"http-fetch"};

template <mirage::v1::http_client Http>
mirage::task<> fetch(Http& http, std::string_view uri) {
  mirage::v1::http_call call{.uri = uri};
  auto response = co_await http.request(std::move(call));
  if (!response) {
    fetch_log.error("{}: {}", uri, describe(response.error()));
    co_return;
  }
  fetch_log.info("status {}", response->status());
  for (const auto& header : response->headers()) fetch_log.info("{}: {}", header.name, header.value);
  std::size_t length = 0;
  while (true) {
    auto part = co_await response->read_body();
    if (!part) {
      fetch_log.error("{}: {}", uri, describe(part.error()));
      co_return;
    }
    if (part->empty()) break;
    length += part->size();
  }
  fetch_log.info("{} bytes of body", length);
}
