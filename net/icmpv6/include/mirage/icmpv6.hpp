// SPDX-License-Identifier: ISC
// ICMP for IPv6: RFC 4443. Neighbour discovery and what is said of groups stay in IPv6.
//
//   mirage::icmpv6<ipv6_0> icmpv6{"icmpv6", ipv6};
//   auto took = co_await icmpv6.ping("2001:db8::1", 56, 1s);
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/os.hpp"
#include "mirage/icmp/echo_requests.hpp"
#include "mirage/icmp/rate_limit.hpp"
#include "mirage/icmpv6/error_message.hpp"
#include "mirage/icmpv6/read.hpp"
#include "mirage/ndp/icmpv6.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A second, and at once after a rest. None is 0.
struct icmpv6_options {
  std::uint32_t echo_replies = 10'000;
  std::uint32_t echo_burst = 1000;
  std::uint32_t errors = 100;  ///< RFC 4443 §2.4 (f)
  std::uint32_t error_burst = 50;
};

/// `v1::icmp`. The IP must outlive it.
template <v1::ip Ip>
  requires std::same_as<typename Ip::address, ipv6_address>
class icmpv6 {
 public:
  using address = ipv6_address;
  using header = v1::ip_header<ipv6_address>;

  icmpv6(std::string_view name, Ip& ip, const icmpv6_options& options = {}) noexcept
      : name_(name),
        ip_(ip),
        replies_(options.echo_replies, options.echo_burst),
        errors_(options.errors, options.error_burst) {}
  icmpv6(const icmpv6&) = delete;
  icmpv6& operator=(const icmpv6&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// An answer counts from whom was asked only, unless that was a group.
  task<result<duration, v1::net_error>> ping(ipv6_address to, std::size_t payload, duration limit) {
    typename echo_requests<ipv6_address>::request waiting(pings_, to);
    MIRAGE_CO_TRY_VOID(send_echo(to, waiting.sequence(), payload));
    co_return co_await waiting.answer(limit);
  }

  template <class Up>
  void input(const header& from, buffer&& message, Up& up) {
    ++received_;
    const icmpv6_reading known = read_icmpv6(from, message.view());
    switch (known.kind) {
      case icmpv6_kind::echo_request: return reply(from, known, std::move(message));
      case icmpv6_kind::echo_reply:
        if (!pings_.answered(from.source, known.identifier, known.sequence)) drop(unexpected_);
        return;
      case icmpv6_kind::report:
        // Only of what we have sent can anything be reported.
        if (!is_ours(known.report.about.source)) return drop(foreign_);
        ++reports_;
        return tell(known.report, up);
      case icmpv6_kind::malformed: return drop(malformed_);
      case icmpv6_kind::bad_checksum: return drop(bad_checksum_);
      case icmpv6_kind::ignored: return drop(ignored_);
    }
  }

  /// A packet of ours could not be delivered to the first hop on its way: as if a router reported it.
  template <class Up>
  void undelivered(cbytes packet, Up& up) {
    const icmpv6_reading known = read_undelivered_ipv6(packet);
    if (known.kind == icmpv6_kind::report) tell(known.report, up);
  }

  /// Tells the sender of a packet, which did not come by a multicast of the link unless `what` says that this
  /// does not matter, where that is allowed and the rate is not exceeded. Never waits; what cannot be sent is
  /// counted.
  void send_error(const icmpv6_error& what, const icmpv6_subject& about) noexcept {
    if (!may_be_told(what, about)) return;
    if (!errors_.take(os::now())) return drop(error_rate_);
    auto error = [&](bytes message) noexcept { return write_error_message(message, what, about); };
    answer(answer_to(about.header), error_message_size(about), {}, error);
  }

 private:
  [[nodiscard]] bool is_ours(const ipv6_address& address) const noexcept {
    return address.is_loopback() || std::ranges::find(ip_.addresses(), address) != ip_.addresses().end();
  }
  static void drop(counter& why) noexcept { ++why; }

  // What became of a request of ours who waits for its answer is told, and of everything else the one above.
  template <class Up>
  void tell(const v1::icmp_report<ipv6_address>& report, Up& up) {
    if (report.about.protocol != v1::ip_protocol::icmpv6) return up.reported(report);
    const auto sent = icmpv6_header::of(report.quoted);
    if (!sent || sent->type() != icmpv6_type::echo_request) return;
    pings_.failed(report.about.destination, sent->identifier(), sent->sequence(),
                  report.what == v1::icmp_report<ipv6_address>::kind::too_long ? v1::net_error::too_long
                                                                               : v1::net_error::unreachable);
  }
  void count(const result<void, v1::net_error>& sent) noexcept { ++(sent ? sent_ : not_sent_); }

  /// From the address that was spoken to; of a group, from the usual one (RFC 4443 §2.2).
  [[nodiscard]] header answer_to(const header& from) const noexcept {
    return {.source = is_ours(from.destination) ? from.destination : ipv6_address{},
            .destination = from.source,
            .protocol = v1::ip_protocol::icmpv6,
            .interface = from.interface};
  }

  // What nobody of ours waits for.
  void answer(const header& to, std::size_t size, buffer_list payload, any_fill write) noexcept {
    const auto route = ip_.route(to.destination);
    if (!route) return drop(not_sent_);
    const ipv6_address& source = to.source.is_unspecified() ? route->source : to.source;
    [[maybe_unused]] const auto counted = send(source, to, size, std::move(payload), write);
  }

  // What `write` makes, with the checksum of it and of `payload`.
  result<void, v1::net_error> send(const ipv6_address& source, header to, std::size_t size,
                                   buffer_list payload, any_fill write) noexcept {
    to.source = source;
    const std::size_t behind = total_size(payload);
    const std::uint16_t sum_behind = checksum::sum_of({}, payload);
    auto fill = [&](bytes message) noexcept {
      const std::size_t written = write(message);
      const std::uint16_t pseudo = checksum::pseudo_header(source, to.destination, icmpv6_header::next_header,
                                                           static_cast<std::uint32_t>(written + behind));
      const std::uint16_t sum = checksum::add(checksum::sum_of(message.first(written)), sum_behind);
      store_be16(&message[2], checksum::finish(checksum::add(pseudo, sum)));
      return written;
    };
    auto sent = ip_.write(to, {.header = size}, fill, std::move(payload));
    count(sent);
    return sent;
  }

  // The payload goes back as it came. A request to a group is answered, too (RFC 4443 §4.2).
  void reply(const header& from, const icmpv6_reading& request, buffer&& message) {
    if (!replies_.take(os::now())) return drop(echo_rate_);
    header to = answer_to(from);
    to.traffic_class = static_cast<std::uint8_t>(from.traffic_class & ~3);
    buffer_list payload;
    message.drop_front(icmpv6_header::size);
    if (!message.empty()) payload.push_back(std::move(message));
    auto echo = [&](bytes room) noexcept {
      write_echo(room, icmpv6_type::echo_reply, request.identifier, request.sequence);
      return icmpv6_header::size;
    };
    answer(to, icmpv6_header::size, std::move(payload), echo);
  }

  result<void, v1::net_error> send_echo(const ipv6_address& to, std::uint16_t sequence, std::size_t payload) {
    MIRAGE_TRY(const auto route, ip_.route(to));
    const std::size_t size = icmpv6_header::size + payload;
    const header head{.destination = to, .protocol = v1::ip_protocol::icmpv6};
    auto echo = [&](bytes room) noexcept {
      write_echo(room, icmpv6_type::echo_request, pings_.identifier(), sequence);
      std::ranges::fill(room.subspan(icmpv6_header::size, payload), std::byte{0x55});
      return size;
    };
    return send(route.source, head, size, {}, echo);
  }
  static void write_echo(bytes to, icmpv6_type type, std::uint16_t identifier,
                         std::uint16_t sequence) noexcept {
    icmpv6_header::write(to, type, 0, std::uint32_t{identifier} << 16 | sequence);
  }

  std::string_view name_;
  Ip& ip_;
  rate_limit replies_;
  rate_limit errors_;
  echo_requests<ipv6_address> pings_;

  metric_label label_{"device", name_};
  counter received_{label_, "icmpv6_received_messages_total", "Messages that came"};
  counter sent_{label_, "icmpv6_sent_messages_total", "Messages that IP took"};
  counter reports_{label_, "icmpv6_reports_total", "Reports of packets that we sent"};
  counter malformed_{label_, "icmpv6_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter bad_checksum_{label_, "icmpv6_dropped_total", {"reason", "bad_checksum"}};
  counter ignored_{label_, "icmpv6_dropped_total", {"reason", "ignored_type"}};
  counter foreign_{label_, "icmpv6_dropped_total", {"reason", "not_about_us"}};
  counter unexpected_{label_, "icmpv6_dropped_total", {"reason", "unexpected_reply"}};
  counter echo_rate_{label_, "icmpv6_dropped_total", {"reason", "echo_rate"}};
  counter error_rate_{
      label_, "icmpv6_errors_not_sent_total", {"reason", "rate"}, "Errors that nobody was told of"};
  counter not_sent_{label_, "icmpv6_send_failed_total", "Messages that IP did not take"};
};

}  // namespace mirage
