// SPDX-License-Identifier: ISC
// The server over any UDP: RFC 2131.
//
//   mirage::dhcp_server<udp_0> dhcp{"dhcp", udp, {.address = "10.0.0.1",
//                                                 .networks = {{.network = "10.0.0.0/24",
//                                                               .first = "10.0.0.100", .last =
//                                                               "10.0.0.199"}}}};
//
// Leases are in memory; after a restart, clients keep the addresses that they have (`authoritative`).
//
// What it needs of UDP beyond `v1::udp`: a datagram that comes to 255.255.255.255, from 0.0.0.0 too, reaches
// a listener on the unspecified address, and one to 255.255.255.255 can be sent.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/task.hpp"
#include "mirage/dhcp/server_core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

template <v1::udp Udp>
class dhcp_server {
 public:
  /// `interface`: on which it serves; 0: on all, which is for relays or where there is only one. UDP must
  /// outlive it.
  dhcp_server(std::string_view name, Udp& udp, const dhcp_server_options& options,
              std::uint32_t interface = 0)
      : name_(name), udp_(udp), interface_(interface), address_(options.address), core_(options) {}
  dhcp_server(const dhcp_server&) = delete;
  dhcp_server& operator=(const dhcp_server&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  task<result<void, v1::listen_error>> start() {
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    auto listening = udp_.listen({ip_address(), dhcp_port::server}, handler);
    if (!listening) co_return fail(listening.error());
    listening_ = *std::move(listening);
    co_return {};
  }
  task<> stop() {
    listening_.cancel();
    co_return;
  }

  /// For whoever shows leases.
  [[nodiscard]] dhcp_server_core& core() noexcept { return core_; }

 private:
  void receive(v1::datagram& came) noexcept {
    if (interface_ != 0 && came.interface != 0 && came.interface != interface_) return;
    ++received_;
    const cbytes message = came.payload.view();
    const dhcp_server_core::outcome outcome = core_.input(message, os::now());
    count(outcome.what);
    if (!outcome.answer) return;
    if (outcome.answer->type == dhcp_message_type::nak) ++refusals_;
    send(*outcome.answer, message, came.interface);
  }

  void send(const dhcp_answer& answer, cbytes message, std::uint32_t interface) noexcept {
    const v1::datagram_route to{
        .destination = answer.to, .source = {address_, dhcp_port::server}, .interface = interface};
    std::array<std::byte, dhcp_server_core::greatest_message> made;
    const std::size_t size = core_.emit(answer, message, made);
    auto fill = [&](bytes room) noexcept {
      std::copy_n(made.begin(), size, room.begin());
      return size;
    };
    if (udp_.write(to, size, fill))
      ++sent_;
    else
      ++not_sent_;
  }

  void count(dhcp_server_core::verdict what) noexcept {
    switch (what) {
      case dhcp_server_core::verdict::taken: return;
      case dhcp_server_core::verdict::malformed: ++malformed_; return;
      case dhcp_server_core::verdict::other_server: ++other_server_; return;
      case dhcp_server_core::verdict::no_network: ++no_network_; return;
      case dhcp_server_core::verdict::no_address: ++no_address_; return;
      case dhcp_server_core::verdict::unknown: ++unknown_; return;
      case dhcp_server_core::verdict::unsupported: ++unsupported_; return;
    }
  }

  std::string_view name_;
  Udp& udp_;
  std::uint32_t interface_;
  ipv4_address address_;
  dhcp_server_core core_;
  subscription listening_;

  metric_label label_{"device", name_};
  counter received_{label_, "dhcp_server_received_messages_total", "Messages that came"};
  counter sent_{label_, "dhcp_server_sent_messages_total", "Messages that the network took"};
  counter not_sent_{label_, "dhcp_server_not_sent_messages_total", "Messages that the network refused"};
  counter refusals_{label_, "dhcp_server_refusals_total", "Clients whose address was refused"};
  counter malformed_{
      label_, "dhcp_server_unanswered_total", {"reason", "malformed"}, "Messages without an answer"};
  counter other_server_{label_, "dhcp_server_unanswered_total", {"reason", "other_server"}};
  counter no_network_{label_, "dhcp_server_unanswered_total", {"reason", "no_network"}};
  counter no_address_{label_, "dhcp_server_unanswered_total", {"reason", "no_address"}};
  counter unknown_{label_, "dhcp_server_unanswered_total", {"reason", "unknown"}};
  counter unsupported_{label_, "dhcp_server_unanswered_total", {"reason", "unsupported"}};
  gauge taken_{"dhcp_server_taken_addresses",
               {label_},
               "Addresses that are offered, leased or declined",
               core_,
               [](const dhcp_server_core& core) { return core.taken(os::now()); }};
};

}  // namespace mirage
