// SPDX-License-Identifier: ISC
// The shell of a client of DHCP, whether for IPv4 or for IPv6: its core over any UDP.
//
// It does not touch addresses and routes itself: whoever owns them takes what `on_change` tells.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/core/event.hpp"
#include "mirage/core/inline_function.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `Protocol` has the types `core`, `action`, `options` and `configuration`; the `port` that the client
/// listens on; `route(action)`, from where to where a message goes; and the counters, made of the client's
/// name. It hears of each change by `told`, before the handler, and of each conflict by `conflict`.
template <class Protocol, v1::udp Udp>
class basic_dhcp_client {
 public:
  using configuration_type = typename Protocol::configuration;
  /// Null: what it was must not be used any more. Called from the loop; it may call `conflict`.
  using change_handler = inline_function<void(const configuration_type*), 32>;

  /// `interface`: on which it asks; 0 where there is only one. UDP must outlive it.
  basic_dhcp_client(std::string_view name, Udp& udp, const typename Protocol::options& options,
                    std::uint32_t interface = 0)
      : name_(name),
        udp_(udp),
        interface_(interface),
        core_(options, os::random64()),
        timer_([](void* self) noexcept { static_cast<basic_dhcp_client*>(self)->pump(); }, this),
        protocol_(name) {}
  basic_dhcp_client(const basic_dhcp_client&) = delete;
  basic_dhcp_client& operator=(const basic_dhcp_client&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Begins to ask; does not wait for an answer.
  task<result<void, v1::listen_error>> start() {
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    auto listening = udp_.listen({ip_address(), Protocol::port}, handler);
    if (!listening) co_return fail(listening.error());
    listening_ = *std::move(listening);
    core_.start(os::now());
    pump();
    co_return {};
  }
  /// Gives back what it has and stops; without it the lease goes on.
  task<> stop() {
    core_.release(os::now());
    pump();
    listening_.cancel();
    co_return;
  }

  /// Replaces the one before.
  void on_change(change_handler handler) noexcept { handler_.emplace(std::move(handler)); }
  /// Null if there is none; valid until the next change.
  [[nodiscard]] const configuration_type* configuration() const noexcept { return core_.configuration(); }
  /// Notified at every change.
  [[nodiscard]] event& changed() noexcept { return changed_; }
  /// Waits until there is a configuration; at once if there is one.
  task<configuration_type> configured() {
    while (configuration() == nullptr) co_await changed_;
    co_return *configuration();
  }
  [[nodiscard]] auto state() const noexcept { return core_.state(); }

  /// As those of the core.
  void conflict() noexcept {
    protocol_.conflict();
    core_.conflict(os::now());
    pump();
  }
  void link_changed() noexcept {
    core_.link_changed(os::now());
    pump();
  }

 private:
  using core = typename Protocol::core;
  using action = typename Protocol::action;

  void receive(v1::datagram& came) noexcept {
    if (interface_ != 0 && came.interface != 0 && came.interface != interface_) return;
    ++protocol_.received;
    switch (core_.input(came.payload.view(), os::now())) {
      case core::verdict::taken: break;
      case core::verdict::malformed: ++protocol_.malformed; return;
      case core::verdict::not_ours: ++protocol_.not_ours; return;
      case core::verdict::unexpected: ++protocol_.unexpected; return;
      case core::verdict::refused: ++protocol_.refused; return;
    }
    pump();
  }

  // A handler may come back here by `conflict`; the loop below then finds what that left.
  void pump() noexcept {
    if (std::exchange(pumping_, true)) return;
    for (action next = core_.poll(os::now()); next.what != action::kind::none; next = core_.poll(os::now()))
      act(next);
    pumping_ = false;
    timer_.set(core_.next_timeout());
  }

  void act(const action& next) noexcept {
    switch (next.what) {
      case action::kind::none: return;
      case action::kind::send: return send(next);
      case action::kind::configured:
        if (const configuration_type* got = core_.configuration()) tell(got);
        return;
      case action::kind::lost: return tell(nullptr);
    }
  }

  void tell(const configuration_type* now) noexcept {
    protocol_.told(now);
    if (handler_) (*handler_)(now);
    changed_.notify();
  }

  void send(const action& next) noexcept {
    v1::datagram_route to = Protocol::route(next);
    to.interface = interface_;
    // Its maker says how long it is, and that is known only when it is made.
    std::array<std::byte, core::greatest_message> message;
    const std::size_t size = core_.emit(next, message);
    auto fill = [&](bytes room) noexcept {
      std::copy_n(message.begin(), size, room.begin());
      return size;
    };
    if (udp_.write(to, size, fill))
      ++protocol_.sent;
    else
      ++protocol_.not_sent;
  }

  std::string_view name_;
  Udp& udp_;
  std::uint32_t interface_;
  core core_;
  std::optional<change_handler> handler_;
  event changed_;
  bool pumping_ = false;
  subscription listening_;
  alarm timer_;
  Protocol protocol_;
};

}  // namespace mirage
