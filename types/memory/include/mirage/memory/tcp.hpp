// SPDX-License-Identifier: ISC
// TCP in memory: connections between the machines of one subnet, and to oneself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/memory/flow.hpp"
#include "mirage/memory/subnet.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

namespace detail {
struct port;
}

/// `v1::listener`. Must not outlive its `tcp`.
class listener {
 public:
  using flow = memory::flow;
  listener(listener&&) noexcept = default;
  listener& operator=(listener&& other) noexcept;
  ~listener();

  task<result<flow, v1::listen_error>> accept() { return accept_from(port_); }
  [[nodiscard]] endpoint local() const noexcept;

 private:
  friend class tcp;
  explicit listener(std::shared_ptr<detail::port> port) noexcept : port_(std::move(port)) {}
  static task<result<flow, v1::listen_error>> accept_from(std::shared_ptr<detail::port> port);
  std::shared_ptr<detail::port> port_;
};

struct tcp_options {
  std::size_t backlog = 16;      ///< connections that wait to be accepted; more are refused
  std::size_t capacity = 65536;  ///< of a flow, each way, in bytes
};

/// `v1::tcp`. Connecting takes one round of the loop.
class tcp {
 public:
  using flow = memory::flow;
  using listener = memory::listener;

  tcp(memory::subnet& subnet, memory::addresses ours, std::string_view name = "memory_tcp",
      tcp_options options = {});
  tcp(const tcp&) = delete;
  tcp& operator=(const tcp&) = delete;
  ~tcp();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<flow, v1::flow_error>> connect(const endpoint& peer) { return connect_to(peer); }
  result<listener, v1::listen_error> listen(const endpoint& local);

  /// Ends the listening: who waits in `accept` gets `closed`.
  task<> stop();

 private:
  friend class memory::listener;
  friend class subnet;
  task<result<flow, v1::flow_error>> connect_to(endpoint peer);
  result<flow, v1::flow_error> arrive(const endpoint& from, const endpoint& to);
  [[nodiscard]] detail::port* port_for(const endpoint& local) noexcept;
  [[nodiscard]] bool is_free(const endpoint& local) noexcept;
  [[nodiscard]] std::uint16_t free_port(const ip_address& address) noexcept;
  [[nodiscard]] ip_address address_towards(const ip_address& peer) const noexcept;

  memory::subnet& subnet_;
  memory::addresses ours_;
  std::string_view name_;
  tcp_options options_;
  std::vector<std::weak_ptr<detail::port>> ports_;
  std::uint16_t last_port_ = 49151;
  counter refused_{"tcp_refused_connections_total", {{"device", name_}}, "Connections beyond the backlog"};
};

static_assert(v1::tcp<tcp>);

}  // namespace mirage::memory
