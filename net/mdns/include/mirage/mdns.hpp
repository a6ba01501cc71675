// SPDX-License-Identifier: ISC
// A host name on the local link without a server: multicast DNS, RFC 6762. Others find the unikernel as
// `NAME.local`, and so does its own `dns_client`, which asks the link for such names.
//
//   mirage::mdns_responder<stack_0> announced{"mdns", stack, "printer"};
//   auto ok = co_await announced.start();
//
// It asks whether the name is free, announces it with the addresses of the stack, follows them when they
// change, and calls itself `printer-2` when another host has the name. Not implemented: services (RFC 6763),
// names of addresses (PTR), questions from beyond the link, several interfaces.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/host_name.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/dns/multicast.hpp"
#include "mirage/mdns/responder_core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

inline constexpr log_source mdns_log{"mdns"};

/// `bad_name`: not one label of a host name. `no_group`: no network takes part in multicast. `in_use`:
/// another program of the host answers there.
enum class mdns_error : std::uint8_t { bad_name, no_group, in_use };
[[nodiscard]] constexpr std::string_view describe(mdns_error error) noexcept {
  constexpr std::array<std::string_view, 3> words{"this is not a host name without a dot",
                                                  "no network takes part in multicast",
                                                  "another program answers on the port of multicast DNS"};
  return words[static_cast<std::size_t>(error)];
}

template <v1::stack Stack>
class mdns_responder {
 public:
  /// `host` without `.local`. The stack must outlive it.
  mdns_responder(std::string_view name, Stack& stack, std::string_view host)
      : name_(name),
        stack_(stack),
        host_(host),
        core_(dns::name::parse(host_ + ".local.").value_or(dns::name()), os::random64()),
        timer_([](void* self) noexcept { static_cast<mdns_responder*>(self)->pump(); }, this) {}
  mdns_responder(const mdns_responder&) = delete;
  mdns_responder& operator=(const mdns_responder&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Begins to ask for the name; does not wait until it is ours.
  task<result<void, mdns_error>> start() {
    if (!is_host_name(host_) || host_.find('.') != std::string::npos) co_return fail(mdns_error::bad_name);
    for (std::size_t i = 0; i < groups.size(); ++i)
      joined_[i] = stack_.udp().join(groups[i].address, 0).has_value();
    if (!joined_[0] && !joined_[1]) co_return fail(mdns_error::no_group);
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    auto listening = stack_.udp().listen({ip_address(), dns::multicast_port}, handler);
    if (!listening) co_return fail(mdns_error::in_use);
    listening_ = *std::move(listening);
    looked_at_ = os::now() - between_looks;
    core_.start(os::now());
    pump();
    co_return {};
  }
  /// Says goodbye.
  task<> stop() {
    core_.stop();
    pump();
    timer_.clear();
    listening_.cancel();
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (std::exchange(joined_[i], false)) stack_.udp().leave(groups[i].address, 0);
    co_return;
  }

  /// Waits until a name is ours.
  task<> claimed() {
    while (!core_.is_claimed()) co_await claimed_;
  }
  /// `printer.local.`, or what it is called instead.
  [[nodiscard]] const dns::name& host() const noexcept { return core_.host(); }

 private:
  static constexpr auto& groups = dns::multicast_groups;
  static constexpr std::uint8_t ttl = 255;       // §11
  static constexpr duration between_looks = 2s;  // at the addresses of the stack

  void receive(const v1::datagram& came) noexcept {
    ++received_;
    mdns::direct_reply reply;
    const dns::name before = core_.host();
    const auto what = core_.input(came.payload.view(), came.destination.address.is_multicast(),
                                  came.source.port, os::now(), reply);
    switch (what) {
      case mdns::verdict::answered:
      case mdns::verdict::passed_over: break;
      case mdns::verdict::conflict:
        ++conflicts_;
        mdns_log.info("{}: another host says that it is {}", name_, before);
        break;
      case mdns::verdict::unexpected: ++unexpected_; break;
      case mdns::verdict::malformed: ++malformed_; break;
    }
    if (reply.which != 0)
      send({.destination = came.source,
            .source = {ip_address(), dns::multicast_port},
            .interface = came.interface},
           reply);
    pump();
  }

  void pump() noexcept {
    look_at_addresses();
    const bool was_claimed = core_.is_claimed();
    for (auto next = core_.poll(os::now()); next.what != mdns::responder_core::action::kind::none;
         next = core_.poll(os::now()))
      tell_everybody(next);
    if (!was_claimed && core_.is_claimed()) {
      mdns_log.info("{}: this is {}", name_, core_.host());
      claimed_.notify();
    }
    timer_.set(std::min(core_.next_timeout(), looked_at_ + between_looks));
  }

  void look_at_addresses() noexcept {
    const instant now = os::now();
    if (now - looked_at_ < between_looks) return;
    looked_at_ = now;
    const std::vector<ip_address> all = stack_.addresses();
    core_.set_addresses(all, now);
  }

  void tell_everybody(const mdns::responder_core::action& what) noexcept {
    for (std::size_t i = 0; i < groups.size(); ++i)
      if (joined_[i]) send({.destination = groups[i], .source = {ip_address(), dns::multicast_port}}, what);
  }

  void send(v1::datagram_route to, const auto& what) noexcept {
    to.ttl = ttl;
    auto fill = [&](bytes room) noexcept { return core_.emit(what, room); };
    ++(stack_.udp().write(to, mdns::responder_core::longest_message, fill) ? sent_ : not_sent_);
  }

  std::string_view name_;
  Stack& stack_;
  std::string host_;
  mdns::responder_core core_;
  std::array<bool, groups.size()> joined_{};
  instant looked_at_{};
  event claimed_;
  subscription listening_;
  alarm timer_;

  metric_label label_{"device", name_};
  counter received_{label_, "mdns_received_messages_total", "Messages that came"};
  counter sent_{label_, "mdns_sent_messages_total", "Messages that the network took"};
  counter not_sent_{label_, "mdns_not_sent_messages_total", "Messages that the network refused"};
  counter conflicts_{label_, "mdns_conflicts_total", "Times that another host had the name"};
  counter unexpected_{label_, "mdns_dropped_total", {"reason", "unexpected"}, "Messages that were dropped"};
  counter malformed_{label_, "mdns_dropped_total", {"reason", "malformed"}};
};

}  // namespace mirage
