// SPDX-License-Identifier: ISC
// Names looked up in DNS, by servers that ask others for us: a stub client over any stack. RFC 1034 §5.3.1,
// RFC 1035 §7, RFC 5452, RFC 6891, RFC 7766.
//
//   mirage::dns_client<stack_0> names{"resolver", stack, {.servers = servers}};
//   auto addresses = co_await names.resolve("example.org");
//
// A and AAAA records are asked for at once, and many who want the same name share one question. Answers,
// denials too, are kept for as long as they hold. Names below `local` are asked of the hosts on the link,
// which answer for themselves (RFC 6762 §5.1). Not implemented: records of other types, DNS over TLS,
// validation (the server's word is taken), servers whose address is of one link (fe80::).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "mirage/channel.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/dns_client/client_base.hpp"
#include "mirage/ipv6/selection.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::resolver`. The stack must outlive it; who uses it has gone before it goes.
template <v1::stack Stack>
class dns_client : public dns_client_base {
 public:
  explicit dns_client(std::string_view name, Stack& stack, const dns_client_options& options = {}) noexcept
      : dns_client_base(name, options), stack_(stack) {}

 private:
  using flow = typename Stack::flow;

  result<subscription, v1::listen_error> listen(open_question& question, std::uint16_t at) override {
    auto handler = [&question](v1::datagram&& came) noexcept { question.receive(came); };
    return stack_.udp().listen({ip_address(), at}, handler);
  }
  result<void, v1::net_error> send(const endpoint& to, std::uint16_t from, cbytes message) override {
    auto fill = [message](bytes room) noexcept {
      std::ranges::copy(message, room.begin());
      return message.size();
    };
    constexpr std::uint8_t of_the_link = 255;  // RFC 6762 §11
    const v1::datagram_route route{.destination = to,
                                   .source = {ip_address(), from},
                                   .ttl = to.address.is_multicast() ? of_the_link : std::uint8_t{0}};
    return stack_.udp().write(route, message.size(), fill);
  }

  task<buffer> fetch(endpoint server, buffer question) override {
    auto connected = co_await stack_.tcp().connect(server);
    if (!connected) co_return buffer();
    flow kept = *std::move(connected);
    constexpr channel_options whole_message{.longest = 65535};
    channel<flow> stream(kept, whole_message);
    std::array<std::byte, 2> length{};
    store_be16(length.data(), static_cast<std::uint16_t>(question.size()));
    auto written = co_await stream.write(length);
    if (written) written = co_await stream.write(question.view());
    if (written) written = co_await stream.flush();
    if (!written) co_return buffer();
    const auto told = co_await stream.read_exactly(length.size());
    if (!told) co_return buffer();
    auto answer = co_await stream.read_exactly(load_be16(told->data()));
    co_await kept.close();
    co_return answer ? *std::move(answer) : buffer();
  }

  [[nodiscard]] server_list told_servers() const override {
    server_list all;
    const auto add = [&](const auto& some) {
      for (const ip_address each : some)
        if (!all.full()) all.emplace_back(each, port);
    };
    if constexpr (requires { stack_.dns_servers(); })
      add(stack_.dns_servers());
    else if constexpr (requires { stack_.ipv6().dns_servers(); })
      add(stack_.ipv6().dns_servers());
    return all;
  }
  [[nodiscard]] std::string_view told_domain() const override {
    if constexpr (requires { stack_.configuration()->domain.text(); })
      if (const auto* told = stack_.configuration()) return told->domain.text();
    return {};
  }

  void order(v1::address_list& addresses) override {
    if constexpr (requires { stack_.ipv4().route(ipv4_address()); }) {
      inline_vector<destination_candidate, v1::address_list::capacity()> candidates;
      for (const ip_address& each : addresses)
        candidates.push_back({.destination = each, .source = source_for(each)});
      order_destinations({candidates.data(), candidates.size()});
      for (std::size_t i = 0; i < candidates.size(); ++i) addresses[i] = candidates[i].destination;
    }
  }
  [[nodiscard]] std::optional<ip_address> source_for(const ip_address& destination) {
    if (destination.is_v4()) {
      const auto route = stack_.ipv4().route(destination.v4());
      if (route) return route->source;
    } else if constexpr (requires { stack_.ipv6().route(ipv6_address()); }) {
      const auto route = stack_.ipv6().route(destination.v6());
      if (route) return route->source;
    }
    return std::nullopt;
  }

  Stack& stack_;
};

}  // namespace mirage
