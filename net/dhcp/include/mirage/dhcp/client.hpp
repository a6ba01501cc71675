// SPDX-License-Identifier: ISC
// The client over any UDP: RFC 2131.
//
//   mirage::dhcp_client<udp_0> dhcp{"dhcp", udp, {.mac = network.mac()}};
//   dhcp.on_change([&](const dhcp_configuration* now) noexcept { ... });
//   co_await dhcp.start();
//   const dhcp_configuration got = co_await dhcp.configured();
//
// It does not touch addresses and routes itself: whoever owns them takes what `on_change` tells, best after
// asking if the address is free (`arp::claim`), and calls `conflict` if it is not.
//
// What it needs of UDP beyond `v1::udp`: while the interface has no address, a datagram to 255.255.255.255
// leaves it from 0.0.0.0, and one that comes to 255.255.255.255 reaches a listener on the unspecified
// address. Ours do. A host's sockets do not without its leave (port 68, a broadcast option, one interface).
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
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/dhcp/client_core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

inline constexpr log_source dhcp_log{"dhcp"};

template <v1::udp Udp>
class dhcp_client {
 public:
  /// Null: the address must not be used any more. Called from the loop; it may call `conflict`.
  using change_handler = inline_function<void(const dhcp_configuration*), 32>;

  /// `interface`: on which it asks; 0 where there is only one. UDP must outlive it.
  dhcp_client(std::string_view name, Udp& udp, const dhcp_client_options& options,
              std::uint32_t interface = 0)
      : name_(name),
        udp_(udp),
        interface_(interface),
        core_(options, os::random64()),
        timer_([](void* self) noexcept { static_cast<dhcp_client*>(self)->pump(); }, this) {}
  dhcp_client(const dhcp_client&) = delete;
  dhcp_client& operator=(const dhcp_client&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Begins to ask; does not wait for an answer.
  task<result<void, v1::listen_error>> start() {
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    auto listening = udp_.listen({ip_address(), dhcp_port::client}, handler);
    if (!listening) co_return fail(listening.error());
    listening_ = *std::move(listening);
    core_.start(os::now());
    pump();
    co_return {};
  }
  /// Gives the address back and stops. Without it the lease goes on, and can be asked for again after a
  /// restart
  /// (`dhcp_client_options::last_address`).
  task<> stop() {
    core_.release(os::now());
    pump();
    listening_.cancel();
    co_return;
  }

  /// Replaces the one before.
  void on_change(change_handler handler) noexcept { handler_.emplace(std::move(handler)); }
  /// Null without an address; valid until the next change.
  [[nodiscard]] const dhcp_configuration* configuration() const noexcept { return core_.configuration(); }
  /// Notified at every change.
  [[nodiscard]] event& changed() noexcept { return changed_; }
  /// Waits until there is an address; at once if there is one.
  task<dhcp_configuration> configured() {
    while (configuration() == nullptr) co_await changed_;
    co_return *configuration();
  }
  [[nodiscard]] dhcp_client_state state() const noexcept { return core_.state(); }

  /// As those of `dhcp_client_core`.
  void conflict() noexcept {
    ++conflicts_;
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
      case dhcp_client_core::verdict::taken: break;
      case dhcp_client_core::verdict::malformed: ++malformed_; return;
      case dhcp_client_core::verdict::not_ours: ++not_ours_; return;
      case dhcp_client_core::verdict::unexpected: ++unexpected_; return;
      case dhcp_client_core::verdict::refused: ++refused_; return;
    }
    pump();
  }

  // A handler may come back here by `conflict`; the loop below then finds what that left.
  void pump() noexcept {
    if (std::exchange(pumping_, true)) return;
    for (dhcp_client_action next = core_.poll(os::now()); next.what != dhcp_client_action::kind::none;
         next = core_.poll(os::now()))
      act(next);
    pumping_ = false;
    timer_.set(core_.next_timeout());
  }

  void act(const dhcp_client_action& action) noexcept {
    switch (action.what) {
      case dhcp_client_action::kind::none: return;
      case dhcp_client_action::kind::send: return send(action);
      case dhcp_client_action::kind::configured:
        if (const dhcp_configuration* got = core_.configuration()) {
          dhcp_log.info("{}: {} for {:.0}", name_, got->address, got->lease);
          return tell(got);
        }
        return;
      case dhcp_client_action::kind::lost:
        ++lost_;
        dhcp_log.warning("{}: the address is lost", name_);
        return tell(nullptr);
    }
  }

  void tell(const dhcp_configuration* now) noexcept {
    if (handler_) (*handler_)(now);
    changed_.notify();
  }

  void send(const dhcp_client_action& action) noexcept {
    const v1::datagram_route to{.destination = {action.to, dhcp_port::server},
                                .source = {action.from, dhcp_port::client},
                                .interface = interface_};
    // Its maker says how long it is, and that is known only when it is made.
    std::array<std::byte, dhcp_client_core::greatest_message> message;
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
  dhcp_client_core core_;
  std::optional<change_handler> handler_;
  event changed_;
  bool pumping_ = false;
  subscription listening_;
  alarm timer_;

  metric_label label_{"device", name_};
  counter received_{"dhcp_client_received_messages_total", {label_}, "Messages that came"};
  counter sent_{"dhcp_client_sent_messages_total", {label_}, "Messages that the network took"};
  counter not_sent_{"dhcp_client_not_sent_messages_total", {label_}, "Messages that the network refused"};
  counter lost_{
      "dhcp_client_lost_addresses_total", {label_}, "Addresses that ended before they were renewed"};
  counter conflicts_{"dhcp_client_conflicts_total", {label_}, "Addresses that were declined"};
  counter malformed_{
      "dhcp_client_dropped_total", {label_, {"reason", "malformed"}}, "Messages that were dropped"};
  counter not_ours_{"dhcp_client_dropped_total", {label_, {"reason", "not_ours"}}};
  counter unexpected_{"dhcp_client_dropped_total", {label_, {"reason", "unexpected"}}};
  counter refused_{"dhcp_client_dropped_total", {label_, {"reason", "refused"}}};
};

}  // namespace mirage
