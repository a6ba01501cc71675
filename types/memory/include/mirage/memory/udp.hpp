// SPDX-License-Identifier: ISC
// UDP in memory: datagrams between the machines of one subnet, and to oneself.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/memory/subnet.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::udp`. A datagram is delivered in the next round of the loop; one that nobody listens for is dropped
/// and counted. There is one interface, number 1.
class udp {
 public:
  udp(memory::subnet& subnet, memory::addresses ours, std::string_view name = "memory_udp");
  udp(const udp&) = delete;
  udp& operator=(const udp&) = delete;
  ~udp();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  template <class Handler>
    requires std::is_invocable_v<Handler&, v1::datagram&&>
  result<subscription, v1::listen_error> listen(const endpoint& local, Handler handler) {
    return listen_to(local, erased(std::move(handler)));
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::datagram_route& to, std::size_t size, Fill fill) {
    MIRAGE_TRY(v1::datagram made, prepare(to, size));
    made.payload.truncate(fill(made.payload.writable()));
    send(std::move(made));
    return {};
  }

  result<void, v1::net_error> join(const ip_address& group, std::uint32_t interface);
  void leave(const ip_address& group, std::uint32_t interface) noexcept;

 private:
  friend class subnet;
  using erased = inline_function<void(v1::datagram&&), 64>;
  struct port {
    std::uintptr_t id;
    endpoint local;
    erased handler;
    bool ended = false;
  };
  struct membership {
    ip_address group;
    unsigned count;
  };

  result<subscription, v1::listen_error> listen_to(const endpoint& local, erased handler);
  static void end(void* self, std::uintptr_t id) noexcept;
  result<v1::datagram, v1::net_error> prepare(const v1::datagram_route& to, std::size_t size);
  void send(v1::datagram made);
  [[nodiscard]] bool wants(const ip_address& destination) const noexcept;
  void receive(v1::datagram came) noexcept;
  void sweep() noexcept;

  memory::subnet& subnet_;
  memory::addresses ours_;
  std::string_view name_;
  std::vector<std::unique_ptr<port>> ports_;
  std::vector<membership> groups_;
  std::uintptr_t last_id_ = 0;
  unsigned dispatching_ = 0;
  counter nobody_{
      "udp_dropped_total", {{"device", name_}, {"reason", "nobody_listens"}}, "Datagrams lost here"};
  counter full_{"udp_dropped_total", {{"device", name_}, {"reason", "full"}}};
};

static_assert(v1::udp<udp>);

}  // namespace mirage::memory
