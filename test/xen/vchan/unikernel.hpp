// SPDX-License-Identifier: ISC
// One end of a vchan: the server sends back what it gets; the client sends bytes, and looks whether the same
// come back.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/v1.hpp>
#include <mirage/xen/domain.hpp>
#include <mirage/xen/vchan.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

inline constexpr mirage::log_source vchan_log{"vchan"};

inline std::byte byte_at(std::uint64_t place) { return static_cast<std::byte>(place * 7 + place / 251); }

template <mirage::xen::domain Domain>
mirage::task<> echo(Domain& domain, mirage::xen::domain_id client, std::string_view path) {
  mirage::xen::vchan_server server(domain.xen, domain.store, client, std::string(path));
  vchan_log.info("serves");
  auto flow = co_await server.accept();
  if (!flow) {
    vchan_log.error("{}", describe(flow.error()));
    co_return;
  }
  std::uint64_t echoed = 0;
  while (true) {
    auto some = co_await flow->read();
    if (!some || some->empty()) break;
    echoed += some->size();
    auto written = co_await flow->write(*std::move(some));
    if (!written) break;
  }
  co_await flow->close();
  vchan_log.info("echoed {} bytes", echoed);
}

inline mirage::task<> send(mirage::xen::vchan& to, std::uint64_t count) {
  for (std::uint64_t sent = 0; sent < count;) {
    auto part = mirage::buffer::allocate(std::min<std::uint64_t>(count - sent, 5000));
    for (std::byte& each : part.writable()) each = byte_at(sent++);
    auto written = co_await to.write(std::move(part));
    if (!written) co_return;
  }
}

template <mirage::xen::domain Domain>
mirage::task<> call(Domain& domain, mirage::xen::domain_id server, std::string_view path,
                    std::uint64_t count) {
  auto flow = co_await mirage::xen::connect_vchan(domain.xen, domain.store, server, std::string(path));
  if (!flow) {
    vchan_log.error("{}", describe(flow.error()));
    co_return;
  }
  mirage::scope sending;
  auto started = sending.spawn("send", send(*flow, count));
  if (!started) co_return;
  std::uint64_t same = 0;
  for (std::uint64_t received = 0; received < count;) {
    auto some = co_await flow->read();
    if (!some || some->empty()) break;
    for (const std::byte each : some->view()) same += each == byte_at(received++) ? 1 : 0;
  }
  co_await sending.join();
  co_await flow->close();
  vchan_log.info("{} of {} bytes came back", same, count);
}

template <mirage::xen::domain Domain>
mirage::task<> vchan_echo(Domain& domain, int server, int client, std::string_view path,
                          std::uint32_t count) {
  if (client >= 0) co_await echo(domain, static_cast<mirage::xen::domain_id>(client), path);
  if (server >= 0) co_await call(domain, static_cast<mirage::xen::domain_id>(server), path, count);
}
