// SPDX-License-Identifier: ISC
// The project's own stack at an interface of the host, for the programs of this folder.
#pragma once

#include <string_view>

#include <mirage/core/unikernel.hpp>
#include <mirage/linux/packet.hpp>
#include <mirage/linux/tap.hpp>
#include <mirage/test/direct_host.hpp>

/// Brings the stack up on the network, with that address and prefix, does `work(stack)`, a task, and takes it
/// down again. Gives the exit status.
template <class Network, class Work>
mirage::task<int> with_stack_on(Network& network, std::string_view address, Work& work) {
  using namespace mirage;
  device_list devices;
  test::direct_host<Network> host(network, {.address = ipv4_prefix::parse(address)});
  if (!co_await devices.start("network", network)) co_return co_await devices.give_up();
  if (!co_await devices.start("ipv4", host.ipv4_layer)) co_return co_await devices.give_up();
  if (!co_await devices.start("tcp", host.tcp_layer)) co_return co_await devices.give_up();
  co_await work(host.device);
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
