// SPDX-License-Identifier: ISC
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <mirage/channel.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/when.hpp>
#include <mirage/v1.hpp>

#include "protocol.hpp"

inline constexpr mirage::log_source iperf_log{"iperf"};

/// Why a test came to nothing.
using iperf_result = mirage::result<void, std::string_view>;

/// One test of one client, from its first connection to its results.
template <mirage::v1::stack Stack>
class iperf_test {
 public:
  using flow = typename Stack::flow;
  using listener = typename Stack::listener;

  iperf_test(listener& port, flow control) : port_(port), control_flow_(std::move(control)) {}

  mirage::task<> run() {
    const mirage::endpoint client = control_flow_.peer();
    auto outcome = co_await steps();
    if (!outcome) iperf_log.warning("{}: {}", client, outcome.error());
    co_await control_flow_.close();
  }

 private:
  struct stream {
    flow data;
    std::uint64_t bytes = 0;
  };
  static constexpr mirage::duration patience = std::chrono::seconds(30);

  mirage::task<iperf_result> steps() {
    MIRAGE_CO_TRY(cookie_, co_await read(iperf_cookie_size, patience));
    MIRAGE_CO_TRY_VOID(co_await say(iperf_step::parameters));
    MIRAGE_CO_TRY(const mirage::buffer json, co_await read_json());
    parameters_ = iperf_parameters::read(json.text());
    if (!parameters_.supported) {
      MIRAGE_CO_TRY_VOID(co_await say(iperf_step::server_error));
      MIRAGE_CO_TRY_VOID(co_await write(iperf_not_implemented));
      co_return mirage::fail(std::string_view("only TCP in one direction is served"));
    }
    MIRAGE_CO_TRY_VOID(co_await say(iperf_step::create_streams));
    MIRAGE_CO_TRY_VOID(co_await accept_streams());
    MIRAGE_CO_TRY_VOID(co_await say(iperf_step::test_start));
    MIRAGE_CO_TRY_VOID(co_await say(iperf_step::test_running));
    MIRAGE_CO_TRY_VOID(co_await measure());
    co_return co_await exchange_results();
  }

  mirage::task<iperf_result> accept_streams() {
    while (streams_.size() < parameters_.streams) {
      auto accepted = co_await mirage::with_timeout(patience, accept());
      if (!accepted) co_return mirage::fail(std::string_view("too few connections came"));
      if (!*accepted) co_return mirage::fail(describe(accepted->error()));
      flow data = **std::move(accepted);
      auto cookie = co_await mirage::with_timeout(patience, read_cookie(data));
      if (cookie && *cookie)
        streams_.push_back({std::move(data), **cookie});
      else  // somebody else, who may come again later
        co_await data.close();
    }
    co_return iperf_result{};
  }
  mirage::task<mirage::result<flow, mirage::v1::listen_error>> accept() { co_return co_await port_.accept(); }

  /// How many bytes came behind this test's cookie; nothing if it is another's.
  mirage::task<std::optional<std::uint64_t>> read_cookie(flow& data) {
    std::string came;
    while (came.size() < iperf_cookie_size) {
      auto part = co_await data.read();
      if (!part || part->empty()) co_return std::nullopt;
      came.append(part->text());
    }
    if (!came.starts_with(cookie_.text())) co_return std::nullopt;
    co_return came.size() - iperf_cookie_size;
  }

  /// Moves bytes until the client says that it is over.
  mirage::task<iperf_result> measure() {
    const mirage::buffer block = mirage::buffer::allocate(parameters_.block);
    if (!block) co_return mirage::fail(std::string_view("no memory for a block"));
    const mirage::duration limit =
        parameters_.time == mirage::duration{} ? std::chrono::hours(1) : parameters_.time + patience;
    const mirage::instant begin = mirage::os::monotonic();
    mirage::scope moving;
    for (stream& each : streams_) {
      auto started = moving.spawn("stream", parameters_.reverse ? send(each, block) : receive(each));
      if (!started) co_return mirage::fail(describe(started.error()));
    }
    MIRAGE_CO_TRY(const mirage::buffer step, co_await read(1, limit));
    took_ = mirage::os::monotonic() - begin;
    moving.cancel();
    for (stream& each : streams_) co_await each.data.close();
    if (static_cast<iperf_step>(step.view()[0]) != iperf_step::test_end)
      co_return mirage::fail(std::string_view("the client gave up"));
    co_return iperf_result{};
  }

  static mirage::task<> send(stream& to, const mirage::buffer& block) {
    while (true) {
      auto written = co_await to.data.write(block.share());
      if (!written) co_return;
      to.bytes += block.size();
    }
  }
  static mirage::task<> receive(stream& from) {
    while (true) {
      auto part = co_await from.data.read();
      if (!part || part->empty()) co_return;
      from.bytes += part->size();
    }
  }

  mirage::task<iperf_result> exchange_results() {
    MIRAGE_CO_TRY_VOID(co_await say(iperf_step::exchange_results));
    MIRAGE_CO_TRY(const mirage::buffer theirs, co_await read_json());
    const std::string ours = iperf_results(streams_, parameters_.reverse, took_);
    std::array<std::byte, 4> length;
    mirage::store_be32(length.data(), static_cast<std::uint32_t>(ours.size()));
    MIRAGE_CO_TRY_VOID(co_await write(length));
    MIRAGE_CO_TRY_VOID(co_await write(mirage::as_bytes(ours)));
    MIRAGE_CO_TRY_VOID(co_await say(iperf_step::display_results));
    show();
    MIRAGE_CO_TRY_VOID(co_await read(1, patience));  // `done`
    co_return iperf_result{};
  }

  void show() const {
    std::uint64_t bytes = 0;
    for (const stream& each : streams_) bytes += each.bytes;
    const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(took_.count() / 1000, 1));
    iperf_log.info("{}: {} {} bytes in {} ms, {} Mbit/s, {} connections", control_flow_.peer(),
                   parameters_.reverse ? "sent" : "received", bytes, microseconds / 1000,
                   bytes * 8 / microseconds, streams_.size());
  }

  // ---- The connection that controls the test ----

  mirage::task<mirage::result<mirage::buffer, std::string_view>> read(std::size_t size,
                                                                      mirage::duration limit) {
    auto came = co_await mirage::with_timeout(limit, control_.read_exactly(size));
    if (!came) co_return mirage::fail(std::string_view("the client was silent for too long"));
    if (!*came) co_return mirage::fail(describe(came->error()));
    co_return **std::move(came);
  }
  mirage::task<mirage::result<mirage::buffer, std::string_view>> read_json() {
    MIRAGE_CO_TRY(const mirage::buffer length, co_await read(4, patience));
    co_return co_await read(mirage::load_be32(length.data()), patience);
  }
  mirage::task<iperf_result> write(mirage::cbytes data) {
    auto written = co_await control_.write(data);
    if (written) written = co_await control_.flush();
    if (!written) co_return mirage::fail(describe(written.error()));
    co_return iperf_result{};
  }
  mirage::task<iperf_result> say(iperf_step step) {
    const std::byte text{static_cast<std::uint8_t>(step)};
    co_return co_await write({&text, 1});
  }

  listener& port_;
  flow control_flow_;
  mirage::channel<flow> control_{control_flow_, {.longest = 64 * 1024}};
  mirage::buffer cookie_;
  iperf_parameters parameters_;
  std::deque<stream> streams_;
  mirage::duration took_{};
};

template <mirage::v1::stack Stack>
mirage::task<> iperf(Stack& stack, std::uint16_t port) {
  auto listener = stack.tcp().listen({{}, port});
  if (!listener) {
    iperf_log.error("port {}: {}", port, describe(listener.error()));
    co_return;
  }
  iperf_log.info("listening on {}", listener->local());
  while (true) {
    auto client = co_await listener->accept();
    if (!client) co_return;
    iperf_test<Stack> test(*listener, *std::move(client));
    co_await test.run();
  }
}
