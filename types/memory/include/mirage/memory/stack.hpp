// SPDX-License-Identifier: ISC
// A stack in memory: TCP and UDP of one machine on a subnet.
//
//   memory::subnet subnet;
//   memory::stack server{subnet, {ip_address("10.0.0.1")}};
//   memory::stack client{subnet, {ip_address("10.0.0.2")}};
#pragma once

#include <string_view>
#include <vector>

#include "mirage/memory/tcp.hpp"
#include "mirage/memory/udp.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::stack`.
class stack {
 public:
  using flow = memory::flow;
  using listener = memory::listener;

  stack(memory::subnet& subnet, memory::addresses ours, std::string_view name = "memory_stack",
        tcp_options options = {})
      : name_(name),
        addresses_(ours),
        tcp_(subnet, ours, name, options),
        udp_(subnet, std::move(ours), name) {}
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] memory::tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] memory::udp& udp() noexcept { return udp_; }
  [[nodiscard]] std::vector<ip_address> addresses() const { return addresses_; }
  task<> stop() { return tcp_.stop(); }

 private:
  std::string_view name_;
  memory::addresses addresses_;
  memory::tcp tcp_;
  memory::udp udp_;
};

static_assert(v1::stack<stack>);

}  // namespace mirage::memory
