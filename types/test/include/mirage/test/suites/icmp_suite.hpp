// SPDX-License-Identifier: ISC
// `v1::icmp`: pings, and for IPv4 the reports of lost packets.
//
// The subject, besides what suite.hpp asks for:
//   using icmp = ...;        the implementation under test
//   icmp& device();
//   address ours();          that of the IP beneath
//   address there();         one that answers pings
//   address nobody();        one that is routed and does not answer
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

using namespace std::literals::string_literals;
using namespace std::literals::string_view_literals;

/// Notes what was reported.
template <class Address>
struct recording_reports {
  void reported(const v1::icmp_report<Address>& report) {
    reports.push_back(report);
    quoted.emplace_back(as_text(report.quoted));
  }
  std::vector<v1::icmp_report<Address>> reports;
  std::vector<std::string> quoted;
};

template <class Subject>
class icmp_suite {
  using icmp = typename Subject::icmp;
  static_assert(v1::icmp<icmp>);
  using address = typename icmp::address;
  using kind = typename v1::icmp_report<address>::kind;

 public:
  explicit icmp_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> a_ping_is_answered() {
    for (const std::size_t payload : {std::size_t{0}, std::size_t{1}, std::size_t{56}, std::size_t{1400}}) {
      auto took = co_await subject.device().ping(subject.there(), payload, a_while);
      EXPECT_EQ(outcome(took), "ok") << payload << " bytes";
      EXPECT_GE(took.value_or(-1s).count(), 0);
      EXPECT_LE(took.value_or(1h).count(), a_while.count());
    }
  }

  task<> nobody_does_not_answer_within_the_limit() {
    const instant before = os::now();
    auto took = co_await subject.device().ping(subject.nobody(), 56, a_while);
    EXPECT_EQ(error_of(took), v1::net_error::unreachable);
    EXPECT_GE((os::now() - before).count(), a_while.count());
  }

  task<> pings_at_once_are_told_apart() {
    auto [one, none, other] =
        co_await when_all(ping(subject.there()), ping(subject.nobody()), ping(subject.there()));
    EXPECT_EQ(outcome(one), "ok");
    EXPECT_EQ(error_of(none), v1::net_error::unreachable);
    EXPECT_EQ(outcome(other), "ok");
  }

  task<> a_cancelled_ping_leaves_the_others() {
    for (int rounds = 0; rounds < 5; ++rounds) {
      scope pinging;
      MIRAGE_CO_ASSERT(pinging.spawn("ping", ping_and_drop()).has_value());
      for (int i = 0; i < rounds; ++i) co_await yield();
      pinging.cancel();
    }
    auto took = co_await subject.device().ping(subject.there(), 56, a_while);
    EXPECT_EQ(outcome(took), "ok");
  }

  void lost_packets_are_reported() {
    if constexpr (address::size == 4) {
      recording_reports<address> up;
      input(report(3, 0, 0), up);
      input(report(3, 1, 0), up);
      input(report(3, 3, 0), up);
      input(report(3, 4, 1280), up);
      input(report(11, 0, 0), up);
      ASSERT_EQ(up.reports.size(), 5u);
      const std::vector<kind> expected{kind::unreachable, kind::unreachable, kind::port_unreachable,
                                       kind::too_long, kind::expired};
      for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(up.reports[i].what, expected[i]) << i;
        EXPECT_EQ(up.reports[i].about.source, subject.ours());
        EXPECT_EQ(up.reports[i].about.destination, subject.there());
        EXPECT_EQ(up.reports[i].about.protocol, v1::ip_protocol::udp);
        EXPECT_EQ(up.quoted[i], "\x30\x39\x00\x35\x00\x08zz"sv) << "the first bytes of what we sent";
      }
      EXPECT_EQ(up.reports[3].mtu, 1280u);
    }
  }

  void malformed_messages_are_dropped() {
    if constexpr (address::size == 4) {
      recording_reports<address> up;
      const std::string good = report(3, 3, 0);
      for (std::size_t size = 0; size < good.size(); ++size) input(good.substr(0, size), up);
      for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x10);
        input(bad, up);
      }
      // A whole message about a packet that is cut short, or that was not ours.
      input(with_checksum(good.substr(0, 8) + good.substr(8, 27)), up);
      input(report_of(3, 3, 0, quoted_packet(subject.there(), subject.ours())), up);
      EXPECT_TRUE(up.reports.empty());
    }
  }

  static std::vector<suite_test<icmp_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(icmp_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(icmp_suite, a_ping_is_answered),
        MIRAGE_SUITE_TEST(icmp_suite, nobody_does_not_answer_within_the_limit),
        MIRAGE_SUITE_TEST(icmp_suite, pings_at_once_are_told_apart),
        MIRAGE_SUITE_TEST(icmp_suite, a_cancelled_ping_leaves_the_others),
        MIRAGE_SUITE_TEST(icmp_suite, lost_packets_are_reported),
        MIRAGE_SUITE_TEST(icmp_suite, malformed_messages_are_dropped),
    };
  }

 private:
  task<result<duration, v1::net_error>> ping(address to) {
    auto took = co_await subject.device().ping(to, 56, a_while);
    co_return took;
  }
  task<> ping_and_drop() {
    auto took = co_await subject.device().ping(subject.nobody(), 56, a_while);
    ADD_FAILURE() << outcome(took) << ": this ping was cancelled";
  }

  void input(std::string_view message, recording_reports<address>& up) {
    const v1::ip_header<address> from{
        .source = subject.there(), .destination = subject.ours(), .protocol = v1::ip_protocol::icmp};
    subject.device().input(from, buffer_of(message), up);
  }

  /// RFC 791: a header, and the first eight bytes of a datagram from port 12345 to port 53.
  static std::string quoted_packet(address from, address to) {
    return std::string("\x45\0\0\x1c\0\0\x40\0\x40\x11\0\0", 12) + raw(from) + raw(to) +
           "\x30\x39\x00\x35\x00\x08zz"s;
  }
  std::string report(char type, char code, std::uint16_t mtu) {
    return report_of(type, code, mtu, quoted_packet(subject.ours(), subject.there()));
  }
  /// RFC 792, RFC 1191.
  static std::string report_of(char type, char code, std::uint16_t mtu, const std::string& quoted) {
    return with_checksum(std::string{type, code, 0, 0, 0, 0} + raw(mtu) + quoted);
  }
  /// RFC 1071.
  static std::string with_checksum(std::string message) {
    message[2] = message[3] = 0;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < message.size(); ++i)
      sum += static_cast<std::uint32_t>(static_cast<unsigned char>(message[i])) << (i % 2 == 0 ? 8 : 0);
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    const std::string field = raw(static_cast<std::uint16_t>(~sum));
    message[2] = field[0];
    message[3] = field[1];
    return message;
  }
};

}  // namespace mirage::test
