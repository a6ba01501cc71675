// SPDX-License-Identifier: ISC
// The client of DHCP for IPv6 over any UDP: RFC 8415.
//
//   mirage::dhcp6_client<udp_0> dhcp{"dhcp6", udp, {.mac = network.mac()}, interface};
//   dhcp.on_change([&](const dhcp6_configuration* now) noexcept { ... });
//   co_await dhcp.start();
//
// Whether to start it, and with addresses or without, is what router advertisements say (RFC 4861 §4.2, flags
// M and O). It does not touch addresses itself: whoever owns them takes what `on_change` tells, and calls
// `conflict` if duplicate address detection finds that somebody has one. The interface needs its link-local
// address before.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/dhcp6/client_core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

template <v1::udp Udp>
class dhcp6_client {
 public:
  /// Null: the addresses must not be used any more. Called from the loop; it may call `conflict`.
  using change_handler = inline_function<void(const dhcp6_configuration*), 32>;

  /// `interface`: on which it asks; 0 where there is only one. UDP must outlive it.
  dhcp6_client(std::string_view name, Udp& udp, const dhcp6_client_options& options,
               std::uint32_t interface = 0)
      : name_(name),
        udp_(udp),
        interface_(interface),
        core_(options, os::random64()),
        timer_([](void* self) noexcept { static_cast<dhcp6_client*>(self)->pump(); }, this) {}
  dhcp6_client(const dhcp6_client&) = delete;
  dhcp6_client& operator=(const dhcp6_client&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Begins to ask; does not wait for an answer.
  task<result<void, v1::listen_error>> start() {
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    auto listening = udp_.listen({ip_address(), dhcp6_port::client}, handler);
    if (!listening) co_return fail(listening.error());
    listening_ = *std::move(listening);
    core_.start(os::now());
    pump();
    co_return {};
  }
  /// Gives the addresses back and stops.
  task<> stop() {
    core_.release(os::now());
    pump();
    listening_.cancel();
    co_return;
  }

  /// Replaces the one before.
  void on_change(change_handler handler) noexcept { handler_.emplace(std::move(handler)); }
  /// Null if there is none; valid until the next change.
  [[nodiscard]] const dhcp6_configuration* configuration() const noexcept { return core_.configuration(); }
  /// Notified at every change.
  [[nodiscard]] event& changed() noexcept { return changed_; }
  /// Waits until there is a configuration; at once if there is one.
  task<dhcp6_configuration> configured() {
    while (configuration() == nullptr) co_await changed_;
    co_return *configuration();
  }
  [[nodiscard]] dhcp6_client_state state() const noexcept { return core_.state(); }

  /// As those of `dhcp6_client_core`.
  void conflict() noexcept {
    core_.conflict(os::now());
    pump();
  }
  void link_changed() noexcept {
    core_.link_changed(os::now());
    pump();
  }

 private:
  void receive(v1::datagram& came) noexcept {
    if (interface_ != 0 && came.interface != 0 && came.interface != interface_) return;
    ++received_;
    switch (core_.input(came.payload.view(), os::now())) {
      case dhcp6_client_core::verdict::taken: break;
      case dhcp6_client_core::verdict::malformed: ++malformed_; return;
      case dhcp6_client_core::verdict::not_ours: ++not_ours_; return;
      case dhcp6_client_core::verdict::unexpected: ++unexpected_; return;
      case dhcp6_client_core::verdict::refused: ++refused_; return;
    }
    pump();
  }

  // A handler may come back here by `conflict`; the loop below then finds what that left.
  void pump() noexcept {
    if (std::exchange(pumping_, true)) return;
    for (dhcp6_client_action next = core_.poll(os::now()); next.what != dhcp6_client_action::kind::none;
         next = core_.poll(os::now())) {
      if (next.what == dhcp6_client_action::kind::send)
        send(next);
      else
        tell(core_.configuration());
    }
    pumping_ = false;
    timer_.set(core_.next_timeout());
  }

  void tell(const dhcp6_configuration* now) noexcept {
    if (handler_) (*handler_)(now);
    changed_.notify();
  }

  void send(const dhcp6_client_action& action) noexcept {
    const v1::datagram_route to{.destination = {dhcp6_servers, dhcp6_port::server},
                                .source = {ipv6_address(), dhcp6_port::client},
                                .interface = interface_};
    std::array<std::byte, dhcp6_client_core::greatest_message> message;
    const std::size_t size = core_.emit(action, message);
    auto fill = [&](bytes room) noexcept {
      std::copy_n(message.begin(), size, room.begin());
      return size;
    };
    if (udp_.write(to, size, fill))
      ++sent_;
    else
      ++not_sent_;
  }

  std::string_view name_;
  Udp& udp_;
  std::uint32_t interface_;
  dhcp6_client_core core_;
  std::optional<change_handler> handler_;
  event changed_;
  bool pumping_ = false;
  subscription listening_;
  alarm timer_;

  metric_label label_{"device", name_};
  counter received_{"dhcp6_client_received_messages_total", {label_}, "Messages that came"};
  counter sent_{"dhcp6_client_sent_messages_total", {label_}, "Messages that the network took"};
  counter not_sent_{"dhcp6_client_not_sent_messages_total", {label_}, "Messages that the network refused"};
  counter malformed_{
      "dhcp6_client_dropped_total", {label_, {"reason", "malformed"}}, "Messages that were dropped"};
  counter not_ours_{"dhcp6_client_dropped_total", {label_, {"reason", "not_ours"}}};
  counter unexpected_{"dhcp6_client_dropped_total", {label_, {"reason", "unexpected"}}};
  counter refused_{"dhcp6_client_dropped_total", {label_, {"reason", "refused"}}};
};

}  // namespace mirage
