// SPDX-License-Identifier: ISC
// ICMP for IPv4: RFC 792, RFC 1122 §3.2.2.
//
//   mirage::icmp<ipv4_0> icmp{"icmp", ipv4};
//   auto took = co_await icmp.ping("10.0.0.1", 56, 1s);
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "mirage/core/counters.hpp"
#include "mirage/core/os.hpp"
#include "mirage/icmp/echo_requests.hpp"
#include "mirage/icmp/error_message.hpp"
#include "mirage/icmp/rate_limit.hpp"
#include "mirage/icmp/read.hpp"
#include "mirage/icmp/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// A second, and at once after a rest. None is 0.
struct icmp_options {
  std::uint32_t echo_replies = 10'000;
  std::uint32_t echo_burst = 1000;
  std::uint32_t errors = 100;  ///< RFC 1812 §4.3.2.8
  std::uint32_t error_burst = 50;
};

/// `v1::icmp`. The IP must outlive it.
template <v1::ip Ip>
  requires std::same_as<typename Ip::address, ipv4_address>
class icmp {
 public:
  using address = ipv4_address;
  using header = v1::ip_header<ipv4_address>;

  icmp(std::string_view name, Ip& ip, const icmp_options& options = {}) noexcept
      : name_(name),
        ip_(ip),
        replies_(options.echo_replies, options.echo_burst),
        errors_(options.errors, options.error_burst) {}
  icmp(const icmp&) = delete;
  icmp& operator=(const icmp&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// An answer counts from whom was asked only, unless that was a group.
  task<result<duration, v1::net_error>> ping(ipv4_address to, std::size_t payload, duration limit) {
    typename echo_requests<ipv4_address>::request waiting(pings_, to);
    MIRAGE_CO_TRY_VOID(send_echo(to, waiting.sequence(), payload));
    co_return co_await waiting.answer(limit);
  }

  template <class Up>
  void input(const header& from, buffer&& message, Up& up) {
    ++received_;
    const icmp_reading known = read_icmp(message.view());
    switch (known.kind) {
      case icmp_kind::echo_request: return reply(from, known, std::move(message));
      case icmp_kind::echo_reply:
        if (!pings_.answered(from.source, known.identifier, known.sequence)) drop(unexpected_);
        return;
      case icmp_kind::report:
        // Only of what we have sent can anything be reported.
        if (!is_ours(known.report.about.source)) return drop(foreign_);
        ++reports_;
        return tell(known.report, up);
      case icmp_kind::malformed: return drop(malformed_);
      case icmp_kind::bad_checksum: return drop(bad_checksum_);
      case icmp_kind::ignored: return drop(ignored_);
    }
  }

  /// A packet of ours could not be delivered to the first hop on its way: as if a router reported it.
  template <class Up>
  void undelivered(cbytes packet, Up& up) {
    const icmp_reading known = read_undelivered_ipv4(packet);
    if (known.kind == icmp_kind::report) tell(known.report, up);
  }

  /// Tells the sender of a packet, which came to one host and not by a broadcast of the link, where that is
  /// allowed and the rate is not exceeded. Never waits; what cannot be sent is counted.
  void send_error(icmp_error what, const icmp_subject& about) noexcept {
    if (!is_ours(about.header.destination)) return;
    send_error(what, about, {.source = about.header.destination});
  }
  /// The same of a packet to somebody else, as a router does: from the address of this interface (RFC 1812
  /// §4.3.2.4), with the precedence of internetwork control (§4.3.2.5).
  void send_error_of_router(icmp_error what, const icmp_subject& about) noexcept {
    send_error(what, about, {.traffic_class = 0xc0});
  }

 private:
  void send_error(icmp_error what, const icmp_subject& about, header to) noexcept {
    if (!may_be_told(about)) return;
    if (!errors_.take(os::now())) return drop(error_rate_);
    to.destination = about.header.source;
    to.protocol = v1::ip_protocol::icmp;
    auto fill = [&](bytes message) noexcept { return write_error_message(message, what, about); };
    count(ip_.write(to, {.header = error_message_size(about)}, fill, {}));
  }

  [[nodiscard]] bool is_ours(ipv4_address address) const noexcept {
    return address.is_loopback() || std::ranges::find(ip_.addresses(), address) != ip_.addresses().end();
  }
  static void drop(counter& why) noexcept { ++why; }

  // What became of a request of ours who waits for its answer is told, and of everything else the one above.
  template <class Up>
  void tell(const v1::icmp_report<ipv4_address>& report, Up& up) {
    if (report.about.protocol != v1::ip_protocol::icmp) return up.reported(report);
    const auto sent = icmp_header::of(report.quoted);
    if (!sent || sent->type() != icmp_type::echo_request) return;
    pings_.failed(report.about.destination, sent->identifier(), sent->sequence(),
                  report.what == v1::icmp_report<ipv4_address>::kind::too_long ? v1::net_error::too_long
                                                                               : v1::net_error::unreachable);
  }
  void count(const result<void, v1::net_error>& sent) noexcept { ++(sent ? sent_ : not_sent_); }

  // The payload goes back as it came, and of the checksum only the type has changed.
  void reply(const header& from, const icmp_reading& request, buffer&& message) {
    if (!is_ours(from.destination)) return drop(to_group_);
    if (!replies_.take(os::now())) return drop(echo_rate_);
    constexpr auto word = [](icmp_type type) {
      return static_cast<std::uint16_t>(static_cast<unsigned>(type) << 8);
    };
    const auto code = std::to_integer<std::uint8_t>(message.view()[1]);
    const std::uint16_t sum =
        checksum::update(request.checksum, word(icmp_type::echo_request), word(icmp_type::echo_reply));
    auto fill = [&](bytes to) noexcept {
      icmp_header::write(to, icmp_type::echo_reply, code, sum, request.identifier, request.sequence);
      return icmp_header::size;
    };
    const header to{.source = from.destination,
                    .destination = from.source,
                    .protocol = v1::ip_protocol::icmp,
                    .traffic_class = static_cast<std::uint8_t>(from.traffic_class & ~3)};
    buffer_list payload;
    message.drop_front(icmp_header::size);
    if (!message.empty()) payload.push_back(std::move(message));
    count(ip_.write(to, {.header = icmp_header::size}, fill, std::move(payload)));
  }

  result<void, v1::net_error> send_echo(ipv4_address to, std::uint16_t sequence, std::size_t payload) {
    const std::size_t size = icmp_header::size + payload;
    auto fill = [&](bytes message) noexcept {
      icmp_header::write(message, icmp_type::echo_request, 0, 0, pings_.identifier(), sequence);
      std::ranges::fill(message.subspan(icmp_header::size, payload), std::byte{0x55});
      icmp_header::finish(message.first(size));
      return size;
    };
    auto written =
        ip_.write({.destination = to, .protocol = v1::ip_protocol::icmp}, {.header = size}, fill, {});
    count(written);
    return written;
  }

  std::string_view name_;
  Ip& ip_;
  rate_limit replies_;
  rate_limit errors_;
  echo_requests<ipv4_address> pings_;

  metric_label label_{"device", name_};
  counter received_{label_, "icmp_received_messages_total", "Messages that came"};
  counter sent_{label_, "icmp_sent_messages_total", "Messages that IP took"};
  counter reports_{label_, "icmp_reports_total", "Reports of packets that we sent"};
  counter malformed_{label_, "icmp_dropped_total", {"reason", "malformed"}, "Messages that were dropped"};
  counter bad_checksum_{label_, "icmp_dropped_total", {"reason", "bad_checksum"}};
  counter ignored_{label_, "icmp_dropped_total", {"reason", "ignored_type"}};
  counter foreign_{label_, "icmp_dropped_total", {"reason", "not_about_us"}};
  counter unexpected_{label_, "icmp_dropped_total", {"reason", "unexpected_reply"}};
  counter to_group_{label_, "icmp_dropped_total", {"reason", "echo_to_group"}};
  counter echo_rate_{label_, "icmp_dropped_total", {"reason", "echo_rate"}};
  counter error_rate_{
      label_, "icmp_errors_not_sent_total", {"reason", "rate"}, "Errors that nobody was told of"};
  counter not_sent_{label_, "icmp_send_failed_total", "Messages that IP did not take"};
};

}  // namespace mirage
