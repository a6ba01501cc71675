// SPDX-License-Identifier: ISC
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <vector>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/dhcp.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source dhcp_log{"dhcp"};

/// Looks, once a second, which addresses were leased or given back.
inline mirage::task<> show_leases(mirage::dhcp_lease_table& leases, mirage::ipv4_address first,
                                  mirage::ipv4_address last) {
  using namespace mirage::literals;
  std::vector<mirage::ipv4_address> leased;
  while (true) {
    for (std::uint32_t number = first.value(); number <= last.value(); ++number) {
      const mirage::ipv4_address address(number);
      const mirage::dhcp_lease* lease = leases.at(address);
      if (lease == nullptr) continue;
      const bool is = lease->is == mirage::dhcp_lease::state::leased && lease->ends > mirage::os::now();
      const auto was = std::ranges::find(leased, address);
      if (is && was == leased.end()) {
        dhcp_log.info("{} is leased to {}", address, lease->mac);
        leased.push_back(address);
      } else if (!is && was != leased.end()) {
        dhcp_log.info("{} is free again", address);
        leased.erase(was);
      }
    }
    co_await mirage::sleep_for(1s);
  }
}

template <mirage::v1::stack Stack>
mirage::task<> serve(Stack& stack, mirage::ipv4_prefix subnet, mirage::ipv4_address first,
                     mirage::ipv4_address last, mirage::duration lease) {
  const auto addresses = stack.addresses();
  const auto ours = std::ranges::find_if(addresses, [](const auto& each) { return each.is_v4(); });
  if (ours == addresses.end() || !subnet.contains(ours->v4())) {
    dhcp_log.error("no address of ours is in {}: give one with --ipv4", subnet);
    co_return;
  }
  if (!subnet.contains(first) || !subnet.contains(last) || last < first) {
    dhcp_log.error("{} to {} is no part of {}", first, last, subnet);
    co_return;
  }
  mirage::dhcp_server_options options{.address = ours->v4(), .lease = lease};
  options.networks.push_back({.network = subnet, .first = first, .last = last, .routers = {ours->v4()}});
  using udp = std::remove_cvref_t<decltype(stack.udp())>;
  mirage::dhcp_server<udp> server{"dhcp", stack.udp(), options};
  auto started = co_await server.start();
  if (!started) {
    dhcp_log.error("{}", describe(started.error()));
    co_return;
  }
  dhcp_log.info("leasing {} to {}", first, last);
  co_await show_leases(server.core().leases(0), first, last);
}
