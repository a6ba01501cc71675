// SPDX-License-Identifier: ISC
// The project's own stack at an interface of the host, for the programs of this folder.
#pragma once

#include <string_view>

#include <mirage/core/unikernel.hpp>
#include <mirage/linux/packet.hpp>
#include <mirage/linux/tap.hpp>
#include <mirage/stack.hpp>

/// Brings the stack up on the network, with that address and prefix, does `work(stack)`, a task, and takes it
/// down again. Gives the exit status.
template <class Network, class Work>
mirage::task<int> with_stack_on(Network& network, std::string_view address, Work& work) {
  using namespace mirage;
  device_list devices;
  ethernet<Network> link("ethernet", network);
  arp<ethernet<Network>> neighbours("arp", link);
  ipv4<ethernet<Network>, arp<ethernet<Network>>> ip("ipv4", link, neighbours,
                                                     {.address = ipv4_prefix::parse(address)});
  icmp<decltype(ip)> control("icmp", ip);
  udp<decltype(ip)> datagrams("udp", ip);
  tcp<decltype(ip)> connections(ip, "tcp");
  if (!co_await devices.start("network", network)) co_return co_await devices.give_up();
  if (!co_await devices.start("ipv4", ip)) co_return co_await devices.give_up();
  if (!co_await devices.start("tcp", connections)) co_return co_await devices.give_up();
  {
    stack<Network, decltype(link), decltype(neighbours), decltype(ip), decltype(control), decltype(datagrams),
          decltype(connections)>
        whole("stack", network, link, neighbours, ip, control, datagrams, connections);
    co_await work(whole);
    co_await connections.stop();
  }
  co_await devices.stop();
  co_return exit_status::ok;
}

/// The same at an interface `tap:NAME` or `packet:NAME`.
template <class Work>
mirage::task<int> with_stack_at(std::string_view interface, std::string_view address, Work& work) {
  using namespace mirage;
  const std::string_view name = interface.substr(interface.find(':') + 1);
  if (interface.starts_with("tap:")) {
    tap network("network", name);
    co_return co_await with_stack_on(network, address, work);
  }
  packet network("network", name);
  co_return co_await with_stack_on(network, address, work);
}
