// SPDX-License-Identifier: ISC
// The time of day from a server, over any UDP: RFC 5905 §14, RFC 4330.
//
//   mirage::sntp_client<udp_0> clock{"sntp", udp, {endpoint{"192.0.2.1:123"}}};
//   co_await clock.start();
//   co_await clock.synchronised();
//   wall_time now = clock.now();
//
// It does not set the wall clock of the node: it is one itself, for whoever is given it. Not implemented:
// authentication (RFC 8915), broadcast, names of servers (resolve them first), leap seconds before they
// happen.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/random_port.hpp"
#include "mirage/sntp/client_core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

inline constexpr log_source sntp_log{"sntp"};

/// Asked in this order, from the beginning again after the last.
using sntp_servers = inline_vector<endpoint, 8>;

/// `v1::wall_clock`.
template <v1::udp Udp>
class sntp_client {
 public:
  /// At least one server. UDP must outlive it.
  sntp_client(std::string_view name, Udp& udp, const sntp_servers& servers, const sntp_options& options = {})
      : name_(name),
        udp_(udp),
        servers_(servers),
        core_(options, servers.size(), os::random64()),
        timer_([](void* self) noexcept { static_cast<sntp_client*>(self)->pump(); }, this) {}
  sntp_client(const sntp_client&) = delete;
  sntp_client& operator=(const sntp_client&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Begins to ask, from a port chosen at random (RFC 9109); does not wait for an answer.
  task<result<void, v1::listen_error>> start() {
    constexpr std::uint16_t first_port = 49152;
    auto listening = listen_at_random_port(first_port, [this](std::uint16_t port) {
      port_ = port;
      return udp_.listen({ip_address(), port}, [this](v1::datagram&& came) noexcept { receive(came); });
    });
    if (!listening) co_return fail(listening.error());
    listening_ = *std::move(listening);
    core_.start(os::now());
    pump();
    co_return {};
  }
  task<> stop() {
    core_.stop();
    timer_.clear();
    listening_.cancel();
    co_return;
  }

  /// The time of the servers; that of the node's own wall clock before the first answer.
  [[nodiscard]] wall_time now() const noexcept {
    const auto best = core_.best();
    return best ? best->at(os::monotonic()) : os::wall();
  }
  [[nodiscard]] std::optional<duration> resolution() const noexcept { return std::nullopt; }
  /// Nothing before the first answer.
  [[nodiscard]] std::optional<sntp_measurement> measurement() const noexcept { return core_.best(); }
  /// What would have to be added to the node's own wall clock; nothing before the first answer.
  [[nodiscard]] std::optional<duration> offset() const noexcept {
    if (!core_.best()) return std::nullopt;
    return now() - os::wall();
  }
  /// Waits for the first answer; at once if there was one.
  task<> synchronised() {
    while (!core_.best()) co_await corrected_;
  }
  /// Notified with every answer that is taken.
  [[nodiscard]] event& corrected() noexcept { return corrected_; }

 private:
  void receive(v1::datagram& came) noexcept {
    ++received_;
    if (came.source != servers_[core_.server()]) {
      ++unexpected_;
      return;
    }
    switch (core_.input(came.payload.view(), os::monotonic())) {
      case sntp_client_core::verdict::taken: break;
      case sntp_client_core::verdict::malformed: ++malformed_; break;
      case sntp_client_core::verdict::unexpected: ++unexpected_; break;
      case sntp_client_core::verdict::unsynchronised: ++unsynchronised_; break;
      case sntp_client_core::verdict::implausible: ++implausible_; break;
      case sntp_client_core::verdict::denied: ++denied_; break;
      case sntp_client_core::verdict::rate_limited: ++rate_limited_; break;
    }
    pump();
  }

  void pump() noexcept {
    for (sntp_action next = core_.poll(os::now()); next.what != sntp_action::kind::none;
         next = core_.poll(os::now()))
      act(next);
    timer_.set(core_.next_timeout());
  }

  void act(const sntp_action& action) noexcept {
    switch (action.what) {
      case sntp_action::kind::none: return;
      case sntp_action::kind::ask: return ask(action);
      case sntp_action::kind::next_server:
        ++changed_servers_;
        sntp_log.info("{}: asking {} now", name_, servers_[core_.server()]);
        return;
      case sntp_action::kind::corrected: corrected_.notify(); return;
    }
  }

  void ask(const sntp_action& action) noexcept {
    auto fill = [&](bytes room) noexcept { return sntp_client_core::emit(action, room); };
    const v1::datagram_route to{.destination = servers_[core_.server()], .source = {ip_address(), port_}};
    core_.asked(os::monotonic());
    if (udp_.write(to, ntp_message::size, fill))
      ++sent_;
    else
      ++not_sent_;
  }

  std::string_view name_;
  Udp& udp_;
  sntp_servers servers_;
  sntp_client_core core_;
  std::uint16_t port_ = 0;
  event corrected_;
  subscription listening_;
  alarm timer_;

  metric_label label_{"device", name_};
  counter sent_{label_, "sntp_sent_messages_total", "Questions that the network took"};
  counter not_sent_{label_, "sntp_not_sent_messages_total", "Questions that the network refused"};
  counter received_{label_, "sntp_received_messages_total", "Messages that came"};
  counter changed_servers_{label_, "sntp_server_changes_total", "Servers that were given up"};
  counter malformed_{label_, "sntp_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter unexpected_{label_, "sntp_dropped_total", {"reason", "unexpected"}};
  counter unsynchronised_{label_, "sntp_dropped_total", {"reason", "unsynchronised"}};
  counter implausible_{label_, "sntp_dropped_total", {"reason", "implausible"}};
  counter denied_{label_, "sntp_dropped_total", {"reason", "denied"}};
  counter rate_limited_{label_, "sntp_dropped_total", {"reason", "rate_limited"}};
};

}  // namespace mirage
