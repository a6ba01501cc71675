// SPDX-License-Identifier: ISC
// The part of the shell that does not depend on which IP is below: the table of connections, the listeners,
// and the loop between the cores and the wire. It sends at the end of a round of the loop: then the
// applications have read and answered what came, and one segment says it all.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/task.hpp"
#include "mirage/keyed_hash.hpp"
#include "mirage/tcp/below.hpp"
#include "mirage/tcp/flow.hpp"
#include "mirage/tcp/listener.hpp"
#include "mirage/tcp/live_connection.hpp"
#include "mirage/tcp/options.hpp"
#include "mirage/tcp/resources.hpp"
#include "mirage/tcp/syn_cookies.hpp"
#include "mirage/tcp/time_wait.hpp"
#include "mirage/tcp/tuple_table.hpp"

namespace mirage::tcp_protocol {

/// The addresses and the ECN bits that a segment came with.
struct arrival {
  ip_address source{};
  ip_address destination{};
  std::uint8_t traffic_class = 0;
  std::uint32_t interface = 0;
};

class engine final : public doorbell {
 public:
  engine(below& ip, std::string_view name, const tcp_options& options) noexcept;
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  /// Every flow and listener must have gone.
  ~engine();

  // ---- From below ----

  void input(const arrival& from, buffer&& packet, const v1::received& how) noexcept;
  void batch_end() noexcept { ring_if_needed(); }
  void writable() noexcept;
  /// A segment to a group of hosts (RFC 9293 MUST-57).
  void refuse_group() noexcept { ++count_.bad_address; }
  void reported(v1::icmp_report<ipv4_address>::kind what, const ip_address& ours, const ip_address& theirs,
                cbytes quoted, std::uint32_t mtu) noexcept;
  void ring() noexcept override;

  // ---- From above ----

  /// Null with the reason when it cannot begin.
  [[nodiscard]] live_connection* connect(const endpoint& peer, v1::flow_error& why) noexcept;
  [[nodiscard]] result<std::unique_ptr<listening_port>, v1::listen_error> listen(
      const endpoint& local) noexcept;
  /// Whoever accepts gets `closed`; waits up to a few seconds until what was closed has ended.
  task<> stop();

  // ---- For flows and listeners ----

  /// It has something to send, perhaps: at the end of the round.
  void touch(live_connection& connection) noexcept;
  /// Nobody has it any more; it ends by itself.
  void release(live_connection& connection) noexcept;
  void remove(listening_port& port) noexcept;
  [[nodiscard]] const tcp_options& options() const noexcept { return options_; }
  [[nodiscard]] statistics& count() noexcept { return count_; }

  [[nodiscard]] std::uint32_t connections() const noexcept {
    return static_cast<std::uint32_t>(pool_.live());
  }
  [[nodiscard]] const resources& shared() const noexcept { return shared_; }
  [[nodiscard]] const statistics& statistics_of() const noexcept { return count_; }

 private:
  friend struct live_connection;

  // engine_input.cpp
  void to_connection(live_connection& connection, const segment& in, buffer&& payload) noexcept;
  void to_nobody(const endpoint& local, const endpoint& peer, const segment& in, buffer&& payload) noexcept;
  [[nodiscard]] bool to_time_wait(const endpoint& local, const endpoint& peer, const segment& in,
                                  std::uint32_t length) noexcept;
  void answer_syn(listening_port& port, const endpoint& local, const endpoint& peer,
                  const segment& in) noexcept;
  void answer_with_cookie(const endpoint& local, const endpoint& peer, const segment& in) noexcept;
  [[nodiscard]] bool take_cookie(listening_port& port, const endpoint& local, const endpoint& peer,
                                 const segment& in, buffer&& payload) noexcept;
  void reset(const endpoint& local, const endpoint& peer, const segment& in, std::uint32_t length) noexcept;
  void send_bare(const endpoint& local, const endpoint& peer, const header_fields& fields,
                 const segment_options& options) noexcept;

  // engine.cpp
  void ring_if_needed() noexcept;
  void pump(live_connection& connection) noexcept;
  enum class outcome : std::uint8_t { sent, blocked, ended };
  [[nodiscard]] outcome send(live_connection& connection, const transmission& what, instant now) noexcept;
  void tell(live_connection& connection) noexcept;
  void lose(live_connection& connection, const transmission& what, instant now) noexcept;
  void connected(live_connection& connection) noexcept;
  void ended(live_connection& connection) noexcept;
  void enter_time_wait(live_connection& connection) noexcept;
  void end_time_wait(ended_connection& entry) noexcept;
  void time_wait_alarm() noexcept;
  [[nodiscard]] live_connection* make(const endpoint& local, const endpoint& peer, const way& route) noexcept;
  [[nodiscard]] connection::identity identity_of(const endpoint& local, const endpoint& peer) const noexcept;
  [[nodiscard]] list& ports_at(std::uint16_t port) noexcept { return ports_[port % ports_.size()]; }
  [[nodiscard]] listening_port* listener_for(const endpoint& local) noexcept;
  [[nodiscard]] bool is_listened_on(const endpoint& local) noexcept;
  /// 0 when all are taken.
  [[nodiscard]] std::uint16_t port_towards(const endpoint& peer, const ip_address& source) noexcept;
  [[nodiscard]] std::uint16_t port_to_listen_on(const ip_address& local) noexcept;
  static void alarm_rang(void* connection) noexcept;

  below& ip_;
  std::string_view name_;
  tcp_options options_;
  statistics count_;
  resources shared_;
  keyed_hash hash_;
  syn_cookies cookies_;
  slab_pool<live_connection> pool_;
  slab_pool<ended_connection> time_wait_pool_;
  tuple_table<live_connection> table_;
  tuple_table<ended_connection> time_wait_table_;
  list touched_;
  list blocked_;    // wait for `writable`
  list time_wait_;  // by their end
  std::array<list, 64> ports_;
  alarm time_wait_timer_;
  std::uint32_t half_open_ = 0;
  std::uint32_t listeners_ = 0;
  std::uint16_t last_port_ = 0;
  std::uint32_t resets_ = 0;  // in this second
  instant resets_since_{};
  bool stopped_ = false;

  gauge open_gauge_{"tcp_connections_open",
                    {count_.label},
                    "Connections now",
                    pool_,
                    [](const slab_pool<live_connection>& pool) { return pool.live(); }};
  gauge half_open_gauge_{"tcp_connections_half_open",
                         {count_.label},
                         "Handshakes that are not done",
                         half_open_,
                         [](const std::uint32_t& count) { return count; }};
  gauge time_wait_gauge_{"tcp_connections_time_wait",
                         {count_.label},
                         "Ended, waiting for stragglers",
                         time_wait_pool_,
                         [](const slab_pool<ended_connection>& pool) { return pool.live(); }};
};

}  // namespace mirage::tcp_protocol
