// SPDX-License-Identifier: ISC
// Tells what it has learnt of routers, a line each time that changes; pings are answered meanwhile.
#pragma once

#include <array>
#include <string>

#include <mirage/core/format.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source announced_log{"announced"};

/// "addresses A, B, DNS servers C, default route from A with MTU 1400"
template <class Ipv6>
void describe_link(mirage::text_writer& out, Ipv6& ipv6) {
  constexpr mirage::ipv6_address elsewhere = "2001:db8:ffff::1";
  out.append("addresses");
  for (const mirage::ipv6_address& each : ipv6.addresses()) mirage::format_to(out, " {}", each);
  out.append(", DNS servers");
  for (const mirage::ipv6_address& each : ipv6.dns_servers()) mirage::format_to(out, " {}", each);
  const auto way = ipv6.route(elsewhere);
  if (way)
    mirage::format_to(out, ", default route from {} with MTU {}", way->source, way->mtu);
  else
    mirage::format_to(out, ", {}", describe(way.error()));
}

template <mirage::v1::stack Stack>
mirage::task<> announced(Stack& stack) {
  using namespace mirage::literals;
  std::string before;
  while (!mirage::os::shutdown().is_set()) {
    std::array<char, 1024> space{};
    mirage::text_writer line(space);
    describe_link(line, stack.ipv6());
    if (line.text() != before) announced_log.info("{}", line.text());
    before = line.text();
    co_await mirage::sleep_for(50ms);
  }
}
