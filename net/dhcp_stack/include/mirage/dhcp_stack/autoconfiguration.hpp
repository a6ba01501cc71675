// SPDX-License-Identifier: ISC
// DHCPv6 for the IPv6 of a stack, where a router says so: for addresses (flag M) or only for what belongs to
// them (flag O), RFC 4861 §4.2, RFC 8415 §4.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/dhcp6.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// For a stack without IPv6 there is nothing to do.
template <v1::stack Stack>
class dhcp6_autoconfiguration {
 public:
  dhcp6_autoconfiguration(std::string_view, Stack&, mac_address, event&) noexcept {}
  void start() noexcept {}
  void stop() noexcept {}
  [[nodiscard]] const dhcp6_configuration* configuration() const noexcept { return nullptr; }
};

/// The stack must outlive it, and so must the event, which is notified when there are other addresses, when
/// the server tells something else, and when a router has spoken.
template <v1::stack Stack>
  requires requires(Stack& stack) { stack.ipv6(); }
class dhcp6_autoconfiguration<Stack> {
 public:
  dhcp6_autoconfiguration(std::string_view name, Stack& of, mac_address mac, event& changed) noexcept
      : name_(name), udp_(of.udp()), ip_(of.ipv6()), mac_(mac), changed_(changed) {}
  dhcp6_autoconfiguration(const dhcp6_autoconfiguration&) = delete;
  dhcp6_autoconfiguration& operator=(const dhcp6_autoconfiguration&) = delete;

  /// Does from now on what routers say. What one has asked for is not stopped when none asks for it any more:
  /// a lease ends by itself.
  void start() noexcept {
    if (!following_.spawn("dhcp6", &dhcp6_autoconfiguration::follow, this))
      dhcp6_log.error("{}: there is no room for the task that listens to routers", name_);
  }
  void stop() noexcept {
    following_.cancel();
    client_.reset();
  }

  /// Null while the server has told nothing. Valid until it changes.
  [[nodiscard]] const dhcp6_configuration* configuration() const noexcept {
    return client_ ? client_->configuration() : nullptr;
  }

 private:
  using udp_type = std::remove_cvref_t<decltype(std::declval<Stack&>().udp())>;
  using ip_type = std::remove_cvref_t<decltype(std::declval<Stack&>().ipv6())>;

  task<> follow() {
    while (true) {
      if (is_to_ask()) co_await ask();
      if (client_ && somebody_has_one()) client_->conflict();
      changed_.notify();
      co_await ip_.changed();
    }
  }

  /// It asks from the address of the link.
  [[nodiscard]] bool is_to_ask() const noexcept {
    const bool is_new = client_ ? ip_.wants_dhcp_addresses() && !asks_addresses_ : ip_.wants_dhcp();
    return is_new && std::ranges::any_of(ip_.addresses(), &ipv6_address::is_link_local);
  }

  task<> ask() {
    asks_addresses_ = ip_.wants_dhcp_addresses();
    const dhcp6_client_options options{.mac = mac_, .addresses = asks_addresses_};
    client_.emplace(name_, udp_, options, ip_.interface());
    client_->on_change([this](const dhcp6_configuration* now) noexcept { take(now); });
    const auto asking = co_await client_->start();
    if (!asking) dhcp6_log.error("{}: nothing can be asked: {}", name_, describe(asking.error()));
  }

  // An address that was found to be another's is not there any more.
  [[nodiscard]] bool somebody_has_one() const noexcept {
    return std::ranges::any_of(leased_, [&](const ipv6_address& each) {
      if (ip_.has_address(each)) return false;
      dhcp6_log.warning("{}: somebody else has {}; asking for another", name_, each);
      return true;
    });
  }

  void take(const dhcp6_configuration* told) noexcept {
    const auto before = std::exchange(leased_, {});
    if (told != nullptr)
      for (const dhcp6_address& each : told->addresses) lease(each);
    for (const ipv6_address& each : before)
      if (std::ranges::find(leased_, each) == leased_.end()) ip_.remove_address(each);
    changed_.notify();
  }
  void lease(const dhcp6_address& told) noexcept {
    if (ip_.lease_address(told.address, told.preferred, told.valid))
      leased_.push_back(told.address);
    else
      dhcp6_log.error("{}: there is no room for the address {}", name_, told.address);
  }

  std::string_view name_;
  udp_type& udp_;
  ip_type& ip_;
  mac_address mac_;
  event& changed_;
  bool asks_addresses_ = false;
  inline_vector<ipv6_address, dhcp6_addresses::capacity()> leased_;
  std::optional<dhcp6_client<udp_type>> client_;
  scope following_;  // after what its task uses
};

}  // namespace mirage
