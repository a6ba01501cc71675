// SPDX-License-Identifier: ISC
// A stack whose IPv4 address, routes and DNS servers come from a DHCP server: RFC 2131 §4.4, RFC 3442. Its
// IPv6 is told by routers, which may send it to a server of DHCPv6.
//
//   mirage::dhcp_stack<stack_0, tap_0, arp_0> configured{"dhcp", stack, network, arp};
//   co_await configured.start();
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/log.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/when.hpp"
#include "mirage/dhcp/client.hpp"
#include "mirage/dhcp_stack/autoconfiguration.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct dhcp_stack_options {
  std::string_view host_name{};  ///< told to the server; must outlive the stack
  duration patience = 30s;       ///< how long `start` waits for an address
  /// Whether to ask on the link if the address is free, and to decline it if not (RFC 2131 §4.4.1, RFC 5227).
  /// It costs 4 to 7 s before the address is used, so it has to be wanted.
  bool probe = false;
};

/// `v1::stack`, as the one below, which must outlive it and whose `ipv4()` has no address of its own. The
/// lease is not given back in the end: connections are still being closed then, and who comes back with the
/// same MAC gets the same address.
template <v1::stack Stack, v1::network Network, v1::arp Arp>
class dhcp_stack {
 public:
  using flow = typename Stack::flow;
  using listener = typename Stack::listener;
  using udp_type = std::remove_cvref_t<decltype(std::declval<Stack&>().udp())>;

  dhcp_stack(std::string_view name, Stack& below, Network& network, Arp& arp,
             const dhcp_stack_options& options = {})
      : name_(name),
        below_(below),
        network_(network),
        arp_(arp),
        options_(options),
        ipv6_(name, below, network.mac(), changed_) {}
  dhcp_stack(const dhcp_stack&) = delete;
  dhcp_stack& operator=(const dhcp_stack&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Asks, and waits until there is an address. When no server answers in time it goes on without: the asking
  /// does not end, and who listens is reached as soon as there is an address.
  task<result<void, v1::listen_error>> start() {
    client_.emplace(name_, below_.udp(),
                    dhcp_client_options{.mac = network_.mac(), .host_name = options_.host_name});
    client_->on_change([this](const dhcp_configuration* now) noexcept { change(now); });
    auto asking = co_await client_->start();
    if (!asking) co_return asking;
    ipv6_.start();
    const auto configured = co_await with_timeout(options_.patience, has_address());
    if (!configured)
      dhcp_log.warning("{}: no server gave an address in {}; going on without one", name_, options_.patience);
    co_return {};
  }
  task<> stop() {
    checks_.cancel();
    client_.reset();
    ipv6_.stop();
    co_return;
  }

  [[nodiscard]] auto& tcp() noexcept { return below_.tcp(); }
  [[nodiscard]] auto& udp() noexcept { return below_.udp(); }
  [[nodiscard]] auto& ipv4() noexcept { return below_.ipv4(); }
  [[nodiscard]] auto& icmp() noexcept { return below_.icmp(); }
  [[nodiscard]] auto& ipv6() noexcept
    requires requires(Stack& stack) { stack.ipv6(); }
  {
    return below_.ipv6();
  }
  [[nodiscard]] auto& icmpv6() noexcept
    requires requires(Stack& stack) { stack.icmpv6(); }
  {
    return below_.icmpv6();
  }
  [[nodiscard]] std::vector<ip_address> addresses() const { return below_.addresses(); }

  /// All that the server has told, DNS servers and names included; null while there is no address. Valid
  /// until `changed`.
  [[nodiscard]] const dhcp_configuration* configuration() const noexcept { return held_ ? &*held_ : nullptr; }
  /// The same of DHCPv6; null while nothing was asked for, or told.
  [[nodiscard]] const dhcp6_configuration* configuration6() const noexcept { return ipv6_.configuration(); }
  /// Those that DHCP, DHCPv6 and routers have told of, in this order.
  [[nodiscard]] std::vector<ip_address> dns_servers() const {
    std::vector<ip_address> all;
    const auto add = [&](const auto& some) { all.insert(all.end(), some.begin(), some.end()); };
    if (held_) add(held_->name_servers);
    if (const dhcp6_configuration* told = configuration6()) add(told->name_servers);
    if constexpr (requires { below_.ipv6(); }) add(below_.ipv6().dns_servers());
    return all;
  }
  /// Notified when there is another address, or none any more, when a server tells something else, and when a
  /// router has spoken.
  [[nodiscard]] event& changed() noexcept { return changed_; }

 private:
  task<> has_address() {
    while (!held_) co_await changed_;
  }

  void change(const dhcp_configuration* now) noexcept {
    checks_.cancel();
    const bool same = held_ && now != nullptr && now->address == held_->address;
    if (held_ && !same) give_up();
    if (now == nullptr) return;
    if (same || !options_.probe) return take(*now);
    if (!checks_.spawn("dhcp_stack probe", probe(now->address.address()))) take(*now);
  }

  task<> probe(ipv4_address wanted) {
    const bool free = co_await arp_.claim(wanted);
    if (!free) {
      dhcp_log.warning("{}: somebody else has {}; asking for another", name_, wanted);
      client_->conflict();
    } else if (const dhcp_configuration* now = client_->configuration()) {
      take(*now);
    }
  }

  void take(const dhcp_configuration& told) noexcept {
    remove_routes();
    held_ = told;
    if (!below_.ipv4().add_address(told.address))
      dhcp_log.error("{}: there is no room for the address {}", name_, told.address);
    for (const dhcp_route& each : told.routes)
      if (!below_.ipv4().add_route(each.to, each.router))
        dhcp_log.warning("{}: there is no room for the route to {}", name_, each.to);
    changed_.notify();
  }

  void remove_routes() noexcept {
    if (!held_) return;
    for (const dhcp_route& each : held_->routes) below_.ipv4().remove_route(each.to);
  }

  void give_up() noexcept {
    remove_routes();
    below_.ipv4().remove_address(held_->address.address());
    held_.reset();
    changed_.notify();
  }

  std::string_view name_;
  Stack& below_;
  Network& network_;
  Arp& arp_;
  dhcp_stack_options options_;
  std::optional<dhcp_configuration> held_;
  event changed_;
  std::optional<dhcp_client<udp_type>> client_;
  scope checks_;  // after what its task uses
  dhcp6_autoconfiguration<Stack> ipv6_;
};

}  // namespace mirage
