// SPDX-License-Identifier: ISC
// Who listens on which port. A listener may end while its handler runs: it is found no more from then on, and
// is destroyed when no handler runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/subscription.hpp"
#include "mirage/v1.hpp"

namespace mirage {

class udp_ports {
 public:
  using handler = inline_function<void(v1::datagram&&), 64>;

  explicit udp_ports(std::size_t most_listeners);
  udp_ports(const udp_ports&) = delete;
  udp_ports& operator=(const udp_ports&) = delete;
  /// Every subscription must have ended.
  ~udp_ports();

  /// The unspecified address is every one. `in_use` if both could hear one datagram, `no_memory` at the cap.
  [[nodiscard]] result<subscription, v1::listen_error> listen(const endpoint& local, handler call);

  class listener;
  /// Who hears what is sent there; null if nobody does.
  [[nodiscard]] listener* find(const endpoint& local) noexcept;
  /// Hands the datagrams over, one after another, for as long as it listens.
  class delivery;

  [[nodiscard]] bool is_used(std::uint16_t port) const noexcept;

 private:
  using chain = std::unique_ptr<listener>;
  static void end(void* self, std::uintptr_t id) noexcept;
  [[nodiscard]] chain& bucket(std::uint16_t port) noexcept { return buckets_[port & (buckets_.size() - 1)]; }
  void grow();

  std::size_t most_;
  std::size_t count_ = 0;
  std::uintptr_t listened_ = 0;
  std::vector<chain> buckets_;
  chain ended_;
  unsigned delivering_ = 0;
};

class udp_ports::listener {
 public:
  listener(std::uintptr_t number, const endpoint& at, handler handled_by) noexcept
      : id(number), local(at), call(std::move(handled_by)) {}
  const std::uintptr_t id;  // its port, and above that how many there were before
  const endpoint local;

 private:
  friend udp_ports;
  friend delivery;
  handler call;
  bool ended = false;
  chain next;
};

class udp_ports::delivery {
 public:
  delivery(udp_ports& ports, listener& to) noexcept : ports_(ports), to_(to) { ++ports_.delivering_; }
  delivery(const delivery&) = delete;
  delivery& operator=(const delivery&) = delete;
  ~delivery() {
    if (--ports_.delivering_ == 0) ports_.ended_.reset();
  }
  void operator()(v1::datagram&& datagram) {
    if (!to_.ended) to_.call(std::move(datagram));
  }

 private:
  udp_ports& ports_;
  listener& to_;
};

}  // namespace mirage
