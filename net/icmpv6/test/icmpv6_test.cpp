// SPDX-License-Identifier: ISC
#include "mirage/icmpv6.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/suites/icmp_suite.hpp"
#include "wired_ipv6_hosts.hpp"

namespace mirage {
namespace {

using namespace std::literals::string_literals;

using internet = test::wired_ipv6_host::internet;
using device = icmpv6<internet>;
using header = v1::ip_header<ipv6_address>;
using kind = v1::icmp_report<ipv6_address>::kind;
static_assert(v1::icmp<device>);

constexpr ipv6_address here = "2001:db8::1";
constexpr ipv6_address there = "2001:db8::2";

struct hosts : test::wired_ipv6_hosts {
  explicit hosts(const icmpv6_options& options = {}) : far_icmp("icmpv6", far.ip, options) {
    near.on_icmp = [this](const header& from, buffer&& message, const v1::received&) {
      near_messages.emplace_back(message.text());
      near_icmp.input(from, std::move(message), reports);
    };
    far.on_icmp = [this](const header& from, buffer&& message, const v1::received&) {
      far_icmp.input(from, std::move(message), reports);
    };
  }
  device near_icmp{"icmpv6", near.ip};
  device far_icmp;
  test::recording_reports<ipv6_address> reports;
  std::vector<std::string> near_messages;
};

struct subject : private hosts {
  using icmp = device;
  using hosts::a_while;
  using hosts::run;
  icmp& device() { return near_icmp; }
  static ipv6_address ours() { return here; }
  static ipv6_address there() { return mirage::there; }
  static ipv6_address nobody() { return "2001:db8::77"; }

 private:
  static constexpr ipv6_address here = mirage::here;
};
MIRAGE_CONFORMANCE(icmp_suite, net, subject);

TEST(icmpv6, a_long_ping_is_answered_in_fragments) {
  hosts on;
  auto took = on.node.run(on.near_icmp.ping(there, 9000, 1s));
  EXPECT_EQ(test::outcome(took), "ok");
  EXPECT_EQ(test::error_of(on.node.run(on.near_icmp.ping(there, 65'600, 1s))), v1::net_error::too_long);
}

TEST(icmpv6, a_ping_ends_when_it_is_reported_that_it_did_not_get_there) {
  hosts on;
  on.far.on_icmp = [&on](const header& from, buffer&& message, const v1::received&) {
    on.far_icmp.send_error(icmpv6_error::port_unreachable(),
                           {from, on.far.ip.header_in_hand(), message.view()});
  };
  const instant begun = os::now();
  EXPECT_EQ(test::error_of(on.node.run(on.near_icmp.ping(there, 56, 1h))), v1::net_error::unreachable);
  EXPECT_LT(os::now() - begun, 1s);
  EXPECT_TRUE(on.reports.reports.empty()) << "it is nobody else's";
}

TEST(icmpv6, we_can_ping_ourselves) {
  hosts on;
  EXPECT_EQ(test::outcome(on.node.run(on.near_icmp.ping(here, 56, 1s))), "ok");
  EXPECT_EQ(test::outcome(on.node.run(on.near_icmp.ping(ipv6_address::loopback(), 56, 1s))), "ok");
}

TEST(icmpv6, rfc4443_4_2_a_request_to_a_group_is_answered_from_an_address_of_ours) {
  hosts on;
  std::vector<ipv6_address> answered;
  on.near.on_icmp = [&](const header& from, buffer&& message, const v1::received&) {
    answered.push_back(from.source);
    on.near_icmp.input(from, std::move(message), on.reports);
  };
  EXPECT_EQ(test::outcome(on.node.run(on.near_icmp.ping(all_nodes, 56, 1s))), "ok");
  EXPECT_EQ(answered, std::vector{on.far.ip.addresses().back()});
}

TEST(icmpv6, rfc4443_2_4_f_answers_have_a_rate) {
  hosts on({.echo_replies = 10, .echo_burst = 5});
  for (int i = 0; i < 20; ++i) static_cast<void>(on.node.run(on.near_icmp.ping(there, 0, 1ms)));
  EXPECT_LE(on.near_messages.size(), 6u);
  EXPECT_GE(on.near_messages.size(), 5u);
}

struct telling : testing::Test, hosts {
  telling() : hosts({.errors = 100, .error_burst = 2}) {
    far.on_udp = [this](const header& from, buffer&& payload, const v1::received&) {
      far_icmp.send_error(icmpv6_error::port_unreachable(), {from, far.ip.header_in_hand(), payload.view()});
    };
    far.ip.on_undeliverable([this](const ipv6_undeliverable& what) {
      const auto error = what.why == ipv6_undeliverable::reason::problem
                             ? icmpv6_error::problem(what.what, what.pointer, what.even_of_group)
                             : icmpv6_error::reassembly_time_exceeded();
      far_icmp.send_error(error, {what.header, what.packet, {}});
    });
  }
  void send(std::string_view payload, ipv6_address to = there, std::uint8_t protocol = 17) {
    EXPECT_TRUE(near.ip.write({.destination = to, .protocol = static_cast<v1::ip_protocol>(protocol)},
                              {.header = payload.size()}, test::fill_with(payload), {}));
    node.settle();
  }
};

TEST_F(telling, the_sender_is_told_with_its_own_bytes) {
  send("datagram");
  ASSERT_EQ(reports.reports.size(), 1u);
  const auto& report = reports.reports[0];
  EXPECT_EQ(report.what, kind::port_unreachable);
  EXPECT_EQ(report.about.source, here);
  EXPECT_EQ(report.about.destination, there);
  EXPECT_EQ(report.about.protocol, v1::ip_protocol::udp);
  EXPECT_EQ(reports.quoted[0], "datagram");
}

TEST_F(telling, rfc4443_2_4_c_no_more_is_quoted_than_fits_in_1280_bytes) {
  send(std::string(1400, 'x'));
  ASSERT_EQ(near_messages.size(), 1u);
  EXPECT_EQ(near_messages[0].size(), 1280u - 40);
  send(test::pattern(4000));
  ASSERT_EQ(near_messages.size(), 2u) << "of what came in fragments, too";
  ASSERT_EQ(reports.reports.size(), 2u);
  EXPECT_TRUE(reports.quoted[1] == test::pattern(4000).substr(0, 1280 - 40 - 8 - 48));
}

TEST_F(telling, rfc4443_3_4_an_unknown_protocol_is_a_parameter_problem) {
  send("whatever", there, 132);
  ASSERT_EQ(reports.reports.size(), 1u);
  EXPECT_EQ(reports.reports[0].what, kind::port_unreachable);
  EXPECT_EQ(near_messages[0].substr(0, 2), "\x04\x01"s);
  EXPECT_EQ(near_messages[0].substr(4, 4), "\0\0\0\x06"s);
}

TEST_F(telling, rfc4443_2_4_e_what_came_to_a_group_is_not_told) {
  send("datagram", all_nodes);
  EXPECT_TRUE(near_messages.empty());
}

TEST_F(telling, rfc4443_2_4_f_there_is_a_rate) {
  for (int i = 0; i < 10; ++i) send("datagram");
  EXPECT_EQ(reports.reports.size(), 2u);
  node.advance(10ms);
  send("datagram");
  EXPECT_EQ(reports.reports.size(), 3u);
}

// ---- Messages ----

struct reporting : testing::Test, hosts {
  std::string quoted(const ipv6_address& source, const ipv6_address& destination, std::uint8_t next = 17) {
    std::string packet(40, '\0');
    ipv6_header::write(
        std::as_writable_bytes(std::span(packet)),
        {.source = source, .destination = destination, .next_header = next, .payload_length = 8});
    return packet;
  }
  void input(std::uint8_t type, std::uint8_t code, std::uint32_t word, const std::string& packet) {
    std::string message(8, '\0');
    const auto room = std::as_writable_bytes(std::span(message));
    icmpv6_header::write(room, static_cast<icmpv6_type>(type), code, word);
    message += packet;
    icmpv6_header::finish(std::as_writable_bytes(std::span(message)), there, here);
    last = message;
    near_icmp.input({.source = there, .destination = here, .protocol = v1::ip_protocol::icmpv6},
                    test::buffer_of(message), reports);
  }
  std::string last;
};

TEST_F(reporting, lost_packets_are_reported) {
  const std::string packet = quoted(here, there) + "12345678";
  struct message {
    std::uint8_t type;
    std::uint8_t code;
    kind expected;
  };
  for (const auto& [type, code, expected] :
       {message{1, 0, kind::unreachable}, message{1, 4, kind::port_unreachable},
        message{2, 0, kind::too_long}, message{3, 0, kind::expired}, message{4, 1, kind::port_unreachable},
        message{4, 0, kind::unreachable}, message{100, 0, kind::unreachable}}) {
    input(type, code, 1300, packet);
    ASSERT_FALSE(reports.reports.empty());
    EXPECT_EQ(reports.reports.back().what, expected);
    EXPECT_EQ(reports.reports.back().mtu, expected == kind::too_long ? 1300u : 0u);
    EXPECT_EQ(reports.quoted.back(), "12345678");
  }
  EXPECT_EQ(reports.reports.size(), 7u);
}

TEST_F(reporting, headers_between_are_walked) {
  input(1, 4, 0, quoted(here, there, 60) + "\x06\x00\x01\x04\0\0\0\0"s + "tcp ports");
  ASSERT_EQ(reports.reports.size(), 1u);
  EXPECT_EQ(reports.reports[0].about.protocol, v1::ip_protocol::tcp);
  EXPECT_EQ(reports.quoted[0], "tcp ports");
  input(1, 4, 0, quoted(here, there, 44) + "\x11\0\0\x01\0\0\0\x01 datagram"s);
  ASSERT_EQ(reports.reports.size(), 2u);
  EXPECT_EQ(reports.quoted[1], " datagram");
  input(1, 4, 0, quoted(here, there, 44) + "\x11\0\0\x08\0\0\0\x01 datagram"s);
  EXPECT_EQ(reports.reports.size(), 2u) << "of a fragment behind the first nothing is known";
}

TEST_F(reporting, malformed_messages_are_dropped) {
  const std::string packet = quoted(here, there) + "12345678";
  for (std::size_t size = 0; size < packet.size(); ++size) input(1, 4, 0, packet.substr(0, size));
  input(1, 4, 0, quoted(there, here) + "12345678");
  input(1, 4, 0, packet);
  EXPECT_EQ(reports.reports.size(), 1u);
  for (std::size_t at = 0; at < last.size(); ++at) {
    std::string bad = last;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    near_icmp.input({.source = there, .destination = here, .protocol = v1::ip_protocol::icmpv6},
                    test::buffer_of(bad), reports);
  }
  EXPECT_EQ(reports.reports.size(), 1u);
}

TEST(error_message, rfc4443_2_4_e_of_whom_nothing_is_said) {
  const auto may = [](const ipv6_address& source, const ipv6_address& destination, v1::ip_protocol protocol,
                      std::string_view payload, const icmpv6_error& what = icmpv6_error::port_unreachable()) {
    return may_be_told(
        what, {{.source = source, .destination = destination, .protocol = protocol}, {}, as_bytes(payload)});
  };
  using enum v1::ip_protocol;
  EXPECT_TRUE(may(here, there, udp, "x"));
  EXPECT_FALSE(may({}, there, udp, "x"));
  EXPECT_FALSE(may("ff02::1", there, udp, "x"));
  EXPECT_FALSE(may(here, all_nodes, udp, "x"));
  EXPECT_TRUE(
      may(here, all_nodes, udp, "x", icmpv6_error::problem(parameter_problem::unknown_option, 40, true)));
  EXPECT_FALSE(may(here, there, icmpv6, "\x01"));
  EXPECT_FALSE(may(here, there, icmpv6, "\x89")) << "a redirect";
  EXPECT_TRUE(may(here, there, icmpv6, "\x80"));
}

}  // namespace
}  // namespace mirage
