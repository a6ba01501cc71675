// SPDX-License-Identifier: ISC
// What iperf3 and its server say to each other over the connection that controls a test. The server announces
// each step with one byte; parameters and results are JSON behind a length of four bytes. There is no
// specification but iperf3 itself.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mirage/core/bytes.hpp>
#include <mirage/core/endian.hpp>
#include <mirage/core/format.hpp>
#include <mirage/core/time.hpp>

enum class iperf_step : std::uint8_t {
  test_start = 1,
  test_running = 2,
  test_end = 4,
  parameters = 9,
  create_streams = 10,
  client_terminate = 12,
  exchange_results = 13,
  display_results = 14,
  done = 16,
  server_error = 0xfe
};

/// Every connection of a test begins with it, so that the server knows whose it is.
inline constexpr std::size_t iperf_cookie_size = 37;

/// The error "not implemented" of iperf3, and no error of the system.
inline constexpr std::array<std::byte, 8> iperf_not_implemented{{{}, {}, {}, std::byte{13}, {}, {}, {}, {}}};

/// The number behind a key, where `true` is 1 and `false` is 0; nothing if it is not there. The client's JSON
/// is flat, and no text in it looks like one of the keys that are asked for.
inline std::optional<std::uint64_t> iperf_number(std::string_view json, std::string_view key) {
  for (std::size_t at = json.find(key); at != std::string_view::npos; at = json.find(key, at + 1)) {
    if (at == 0 || json[at - 1] != '"' || !json.substr(at + key.size()).starts_with("\":")) continue;
    std::string_view value = json.substr(at + key.size() + 2);
    value.remove_prefix(std::min(value.find_first_not_of(" \t\n"), value.size()));
    if (value.starts_with("true")) return 1;
    if (value.starts_with("false")) return 0;
    std::uint64_t number = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
    if (read.ec == std::errc{}) return number;
  }
  return std::nullopt;
}

struct iperf_parameters {
  bool supported = false;  ///< TCP, in one direction
  bool reverse = false;    ///< we send
  std::size_t streams = 1;
  std::size_t block = 128 * 1024;  ///< bytes of a write
  mirage::duration time{};         ///< 0: the client counts bytes instead

  static iperf_parameters read(std::string_view json) {
    const auto number = [&](std::string_view key) { return iperf_number(json, key).value_or(0); };
    iperf_parameters result;
    result.supported = number("tcp") != 0 && number("bidirectional") == 0;
    result.reverse = number("reverse") != 0;
    result.streams = std::clamp<std::size_t>(number("parallel"), 1, 128);
    if (const auto block = number("len")) result.block = std::min<std::size_t>(block, 1024 * 1024);
    result.time = std::chrono::seconds(std::min<std::uint64_t>(number("time") + number("omit"), 86400));
    return result;
  }
};

/// iperf3 numbers its streams 1, 3, 4, 5 ...
inline std::size_t iperf_stream_number(std::size_t index) { return index == 0 ? 1 : index + 2; }

/// Our half of the results. What we do not know has the value -1, as iperf3 has it.
template <class Streams>
std::string iperf_results(const Streams& streams, bool sender, mirage::duration took) {
  std::string json;
  const auto seconds = took.count() / 1'000'000'000;
  const auto milliseconds = took.count() / 1'000'000 % 1000;
  auto keep = [&json](std::string_view chunk) { json.append(chunk); };
  {
    mirage::text_stream out{keep};
    format_to(out,
              R"({{"cpu_util_total":0,"cpu_util_user":0,"cpu_util_system":0,"sender_has_retransmits":{},)",
              sender ? 0 : -1);
    out.append(R"("streams":[)");
    for (std::size_t i = 0; i < streams.size(); ++i) {
      format_to(out, R"({}{{"id":{},"bytes":{},"retransmits":-1,"jitter":0,"errors":0,"packets":0,)",
                i == 0 ? "" : ",", iperf_stream_number(i), streams[i].bytes);
      format_to(out, R"("start_time":0,"end_time":{}.{:03}}})", seconds, milliseconds);
    }
    out.append("]}");
  }
  return json;
}
